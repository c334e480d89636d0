-- Ends an alert in the name of a person; no row, but SQLSTATE P0002, where there is none.
SELECT
    id, alert_type, entity, severity, message, metric_value, threshold_value, sample_size, window_start, window_end,
    triggered_at, acknowledged_at, acknowledged_by, resolved_at, resolved_by
FROM sms_alert_resolve(%(alert_id)s, %(who)s)
