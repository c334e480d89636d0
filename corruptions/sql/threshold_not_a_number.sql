-- A threshold becomes NaN.
-- caught: full sms_alert_thresholds.values_are_numbers critical
ALTER TABLE sms_alert_thresholds DROP CONSTRAINT sms_alert_thresholds_threshold_value_check;
UPDATE sms_alert_thresholds SET threshold_value = 'NaN' WHERE alert_type = 'llm_failure_critical';
