-- What an alert measures by; a disabled one measures nothing.
SELECT threshold_value, comparison_operator
FROM sms_alert_thresholds
WHERE enabled AND alert_type = %(alert_type)s
