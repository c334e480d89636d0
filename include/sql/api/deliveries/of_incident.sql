-- What was to be told of an incident, newest first; nothing of what it says.
SELECT
    id, incident_id, event, channel, status, suppressed_reason, silence_id, attempts, last_error, created_at, sent_at,
    CASE WHEN status IN ('pending', 'sending') THEN next_attempt_at END AS next_attempt_at
FROM sms_alert_notifications
WHERE incident_id = %(incident_id)s AND (%(before_id)s::bigint IS NULL OR id < %(before_id)s::bigint)
ORDER BY id DESC
LIMIT %(most)s
