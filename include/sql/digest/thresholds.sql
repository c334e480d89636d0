-- What the day's rates are measured by; a disabled alert measures nothing.
SELECT alert_type, threshold_value, comparison_operator, minimum_sample
FROM sms_alert_thresholds
WHERE enabled AND alert_type = ANY(%(alert_types)s)
