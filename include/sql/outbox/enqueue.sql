-- Put one notification into the outbox; no row comes back where the incident's event is there for this channel.
INSERT INTO sms_alert_notifications (incident_id, event, channel, dedup_key, message, status, suppressed_reason)
VALUES (
    %(incident_id)s::uuid, %(event)s, %(channel)s, %(dedup_key)s, %(message)s::jsonb,
    CASE WHEN %(suppressed_reason)s::text IS NULL THEN 'pending' ELSE 'suppressed' END,
    %(suppressed_reason)s::text
)
ON CONFLICT (incident_id, channel, event) WHERE status NOT IN ('suppressed', 'failed') DO NOTHING
RETURNING id
