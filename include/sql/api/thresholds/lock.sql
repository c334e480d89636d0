-- The version of a threshold, which nobody else can change until the transaction ends.
SELECT md5((to_jsonb(t) - 'last_triggered_at')::text) AS version
FROM sms_alert_thresholds AS t
WHERE t.alert_type = %(alert_type)s
FOR NO KEY UPDATE
