-- Until this transaction ends, retention drops nothing more.
SELECT dropped_before FROM sms_retention_policies
WHERE table_name IN ('sms_metrics', 'sms_metrics_hourly')
ORDER BY table_name
FOR SHARE
