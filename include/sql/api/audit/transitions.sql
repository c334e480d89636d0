-- Changes of state, and why something was said or held back, newest first.
SELECT id, occurred_at, alert_type, entity, from_state, to_state, reason, incident_id, window_end
FROM sms_alert_transitions
WHERE
    (%(alert_type)s::text IS NULL OR alert_type = %(alert_type)s::text)
    AND (%(entity)s::text IS NULL OR entity = %(entity)s::text)
    AND (%(before_id)s::bigint IS NULL OR id < %(before_id)s::bigint)
ORDER BY id DESC
LIMIT %(most)s
