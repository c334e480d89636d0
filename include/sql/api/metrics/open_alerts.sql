-- How many alerts are open, how bad they are, and of which types.
SELECT
    count(*) AS unresolved_count,
    count(*) FILTER (WHERE severity = 'critical') AS critical_count,
    coalesce(array_agg(DISTINCT alert_type), '{}') AS alert_types
FROM sms_alert_history
WHERE resolved_at IS NULL
