-- Who changed a threshold last.
SELECT actor, at
FROM sms_alert_audit
WHERE object = 'threshold ' || %(alert_type)s
ORDER BY at DESC, id DESC
LIMIT 1
