-- Results go with their run. An hour that is bad is no result, and stays for as long as an alert may reach back to it.
WITH forgotten AS (
    DELETE FROM sms_bad_hours
    WHERE metric_hour < (%(today)s::date - %(keep_bad_hours_days)s::integer)::timestamp AT TIME ZONE 'UTC'
)

DELETE FROM sms_quality_runs
WHERE id = ANY(ARRAY(
    SELECT r.id
    FROM sms_quality_runs AS r
    WHERE r.started_at < (%(today)s::date - %(keep_days)s::integer)::timestamp AT TIME ZONE 'UTC'
    LIMIT %(batch)s
))
