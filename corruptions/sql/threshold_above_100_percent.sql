-- A share is typed without its decimal point.
-- caught: full sms_alert_thresholds.shares_from_0_to_100 critical
UPDATE sms_alert_thresholds SET threshold_value = 9700, recovery_threshold = NULL WHERE alert_type = 'llm_failure_critical';
