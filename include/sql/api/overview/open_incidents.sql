-- Every incident that is open.
SELECT
    alert_type, entity, severity, triggered_at, window_end, acknowledged_by, message, cause, threshold_value
FROM sms_alert_history
WHERE resolved_at IS NULL
ORDER BY triggered_at
