-- As shipped, again.
UPDATE sms_alert_thresholds SET threshold_value = 95 WHERE alert_type = 'aggregation_late'
