-- Put one notification into the outbox; no row comes back where the incident's event is there for this channel.
INSERT INTO sms_alert_notifications (
    incident_id, event, sequence, channel, dedup_key, message, status, suppressed_reason, silence_id
) VALUES (
    %(incident_id)s::uuid, %(event)s, %(sequence)s, %(channel)s, %(dedup_key)s, %(message)s::jsonb,
    CASE WHEN %(suppressed_reason)s::text IS NULL THEN 'pending' ELSE 'suppressed' END,
    %(suppressed_reason)s::text, %(silence_id)s::bigint
)
ON CONFLICT (incident_id, channel, event, sequence) WHERE status NOT IN ('suppressed', 'failed') DO NOTHING
RETURNING id
