SELECT
    alert_type, threshold_value, comparison_operator, severity, notification_channel,
    make_interval(mins => cooldown_minutes) AS cooldown,
    enabled, minimum_sample, confidence::float8 AS confidence
FROM sms_alert_thresholds
WHERE alert_type = %(alert_type)s
