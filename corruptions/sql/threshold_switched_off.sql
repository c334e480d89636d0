-- A critical alert is switched off and forgotten.
-- caught: full sms_alert_thresholds.critical_ones_enabled warning
UPDATE sms_alert_thresholds SET enabled = false WHERE alert_type = 'delivery_rate_critical';
