-- The incident that a channel does not deliver: opened, or where it is open, counted as told again. Two dispatchers at
-- once open one. No row comes back where it is open and is not to be told again.
INSERT INTO sms_alert_history AS h (
    alert_type, entity, severity, triggered_at, announced_at, cause, message, details
) VALUES (
    %(alert_type)s, %(channel)s, 'critical', clock_timestamp(), clock_timestamp(), %(cause)s, %(message)s,
    %(details)s::jsonb
)
ON CONFLICT (alert_type, entity) WHERE resolved_at IS NULL DO UPDATE
SET reminders = h.reminders + 1, reminded_at = clock_timestamp()
WHERE %(again)s
RETURNING h.id, h.triggered_at, h.reminders, clock_timestamp() AS now
