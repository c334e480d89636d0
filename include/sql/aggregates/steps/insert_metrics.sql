INSERT INTO sms_metrics (metric_date, metric_hour, user_id, metric_type, metric_value, sample_count, created_at)
SELECT
    (metric_hour AT TIME ZONE 'UTC')::date, metric_hour, user_id, metric_type,
    sum(value), sum(observations), coalesce(nullif(max(changed_at), 'infinity'), metric_hour)
FROM sms_facts
GROUP BY metric_hour, user_id, metric_type
