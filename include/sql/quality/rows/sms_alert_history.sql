-- The incidents of the window. Times are told in seconds: below zero, the later came before the earlier.
SELECT
    h.id::text AS incident_id, h.alert_type, h.entity, h.severity, h.triggered_at,
    extract(EPOCH FROM h.resolved_at - h.triggered_at) AS seconds_to_resolve,
    extract(EPOCH FROM h.acknowledged_at - h.triggered_at) AS seconds_to_acknowledge,
    greatest(extract(EPOCH FROM h.triggered_at - current_setting('sms_monitoring.now')::timestamptz), 0) AS seconds_ahead,
    h.resolved_at IS NULL OR h.resolved_by IS NOT NULL AS resolver_is_known,
    h.metric_value <> 'NaN' AS value_is_number
FROM sms_alert_history AS h
WHERE h.triggered_at >= current_setting('sms_monitoring.window_start')::timestamptz
