-- What a silence, a mute window or a graver incident holds back now, though nothing did when it was written.
-- What was tried before may have got through: it stands, so that its end follows it. That a channel fails is always said.
WITH candidate AS MATERIALIZED (
    SELECT n.id, h.id AS incident_id, h.alert_type, h.entity, h.severity
    FROM sms_alert_notifications AS n
    INNER JOIN sms_alert_history AS h ON n.incident_id = h.id
    WHERE
        n.channel = %(channel)s AND n.status = 'pending' AND n.attempts = 0
        AND n.event IN ('trigger', 'repeat', 'escalate') AND h.alert_type <> 'notification_failed'
), concerned AS MATERIALIZED (
    -- Alert types that anything could hold back at all: mostly none, and then thousands of rows are not looked at.
    SELECT t.alert_type
    FROM (SELECT DISTINCT alert_type FROM candidate) AS t
    WHERE
        EXISTS (
            SELECT 1
            FROM sms_alert_silences AS s
            WHERE
                coalesce(s.in_effect_until, 'infinity') > now() AND s.starts_at <= now()
                AND sms_pattern_matches(s.alert_type, t.alert_type)
        )
        OR EXISTS (
            SELECT 1
            FROM sms_alert_inhibitions AS r
            INNER JOIN (SELECT DISTINCT alert_type FROM sms_alert_history WHERE resolved_at IS NULL) AS o
                ON sms_pattern_matches(r.source_alert_type, o.alert_type)
            WHERE r.enabled AND sms_pattern_matches(r.target_alert_type, t.alert_type)
        )
), held AS MATERIALIZED (
    SELECT c.id, s.reason, s.silence_id
    FROM candidate AS c
    CROSS JOIN LATERAL sms_alert_suppression(c.alert_type, c.entity, c.severity, now(), c.incident_id) AS s
    WHERE c.alert_type IN (SELECT alert_type FROM concerned)
), locked AS MATERIALIZED (
    -- Locked only now, and without waiting: most rows are not held back.
    SELECT n.id, held.reason, held.silence_id
    FROM sms_alert_notifications AS n
    INNER JOIN held ON n.id = held.id
    WHERE n.status = 'pending' AND n.attempts = 0
    FOR UPDATE OF n SKIP LOCKED
)

UPDATE sms_alert_notifications AS n
SET status = 'suppressed', suppressed_reason = locked.reason, silence_id = locked.silence_id
FROM locked
WHERE n.id = locked.id
