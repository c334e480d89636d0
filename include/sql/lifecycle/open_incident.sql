INSERT INTO sms_alert_history (
    alert_type, entity, severity, triggered_at, metric_value, threshold_value, sample_size,
    cause, message, details, window_start, window_end
) VALUES (
    %(alert_type)s, %(entity)s, %(severity)s, %(now)s, %(value)s, %(threshold_value)s, %(sample_size)s,
    %(cause)s, %(message)s, %(details)s, %(window_start)s, %(window_end)s
)
RETURNING id, alert_type, entity, severity, triggered_at, resolved_by
