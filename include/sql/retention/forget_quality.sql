-- Results go with their run; an hour that is bad is no result, and stays.
DELETE FROM sms_quality_runs
WHERE id = ANY(ARRAY(
    SELECT r.id
    FROM sms_quality_runs AS r
    WHERE r.started_at < (%(today)s::date - %(keep_days)s::integer)::timestamp AT TIME ZONE 'UTC'
    LIMIT %(batch)s
))
