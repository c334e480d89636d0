INSERT INTO sms_alert_evaluations (
    window_start, window_end, alert_type, entity, value, sample_size, judged_value, threshold_value,
    verdict, reason, state, replayed, incident_id, details
) VALUES (
    %(window_start)s, %(window_end)s, %(alert_type)s, %(entity)s, %(value)s, %(sample_size)s, %(judged_value)s,
    %(threshold_value)s, %(verdict)s, %(reason)s, %(state)s, %(replayed)s, %(incident_id)s, %(details)s
)
