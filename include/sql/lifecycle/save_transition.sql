INSERT INTO sms_alert_transitions (
    occurred_at, alert_type, entity, from_state, to_state, reason, incident_id, window_end
) VALUES (
    %(now)s, %(alert_type)s, %(entity)s, %(from_state)s, %(to_state)s, %(reason)s, %(incident_id)s,
    %(window_end)s::timestamptz
)
