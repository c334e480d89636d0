-- As if enough time had gone by for every row to be due again and for every lease to be over.
UPDATE sms_alert_notifications
SET
    next_attempt_at = least(next_attempt_at, now()),
    lease_until = least(lease_until, now() - interval '1 second')
WHERE status IN ('pending', 'sending')
