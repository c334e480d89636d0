-- An incident for the outbox's rows to be about.
INSERT INTO sms_alert_history (
    id, alert_type, entity, severity, triggered_at, metric_value, threshold_value, sample_size, message,
    window_start, window_end
) VALUES (
    %(id)s, 'delivery_rate_critical', %(entity)s, %(severity)s, now(), 62, 90, 1240, '', now() - interval '1 hour', now()
)
ON CONFLICT (id) DO NOTHING
