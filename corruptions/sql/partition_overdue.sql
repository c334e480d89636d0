-- Retention has not run for weeks.
-- caught: full partitions.retention_keeps_up warning
UPDATE sms_retention_policies SET keep_days = 60 WHERE table_name = 'sms_metrics';
