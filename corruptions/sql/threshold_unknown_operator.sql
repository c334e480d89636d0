-- A comparison that there is not.
-- caught: full sms_alert_thresholds.operators_known critical
ALTER TABLE sms_alert_thresholds DROP CONSTRAINT sms_alert_thresholds_comparison_operator_check;
UPDATE sms_alert_thresholds SET comparison_operator = '=<' WHERE alert_type = 'opt_out_rate_warning';
