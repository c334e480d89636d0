-- Who changed what, newest first.
SELECT id, at, actor, login, action, object, before, after, note
FROM sms_alert_audit
WHERE
    (%(object)s::text IS NULL OR object = %(object)s::text)
    AND (%(before_id)s::bigint IS NULL OR id < %(before_id)s::bigint)
ORDER BY id DESC
LIMIT %(most)s
