-- What a CHECK of the thresholds table demands.
SELECT pg_get_constraintdef(oid, true) AS definition
FROM pg_constraint
WHERE conrelid = 'sms_alert_thresholds'::regclass AND conname = %(name)s
