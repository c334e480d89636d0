-- The thresholds, with what else must be true of them.
SELECT
    t.alert_type, t.threshold_value, t.comparison_operator, t.severity, t.notification_channel, t.cooldown_minutes,
    t.enabled, t.minimum_sample, t.confidence, t.owner,
    -- Not a number is no threshold: nothing is ever past it.
    t.threshold_value NOT IN ('NaN', 'Infinity', '-Infinity') AS is_number,
    CASE WHEN t.alert_type IN (
        'delivery_rate_critical', 'llm_failure_critical', 'opt_out_rate_warning', 'daily_limit_hit_warning'
    ) THEN t.threshold_value END AS share,
    t.severity = 'critical' AND NOT t.enabled AS is_critical_and_off,
    c.channel AS known_channel
FROM sms_alert_thresholds AS t
LEFT JOIN sms_notification_channels AS c ON c.channel = t.notification_channel
