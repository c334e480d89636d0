-- A threshold names a channel that there is not.
-- caught: full sms_alert_thresholds.channels_known critical
ALTER TABLE sms_alert_thresholds DROP CONSTRAINT sms_alert_thresholds_notification_channel_fkey;
UPDATE sms_alert_thresholds SET notification_channel = 'pager' WHERE alert_type = 'opt_out_rate_warning';
