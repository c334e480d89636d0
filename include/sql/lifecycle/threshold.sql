SELECT
    alert_type, threshold_value, comparison_operator, severity, notification_channel, additional_channels,
    make_interval(mins => cooldown_minutes) AS cooldown,
    enabled, minimum_sample, confidence::float8 AS confidence,
    pending_evaluations, recovery_evaluations, recovery_threshold,
    make_interval(hours => widen_to_hours) AS widen_to,
    make_interval(hours => long_window_hours) AS long_window,
    long_window_minimum_sample, no_data_policy,
    make_interval(hours => evaluation_delay_hours) AS evaluation_delay,
    make_interval(mins => repeat_interval_minutes) AS repeat_interval,
    escalation_channel, make_interval(mins => escalate_after_minutes) AS escalate_after,
    owner, runbook_url
FROM sms_alert_thresholds
WHERE alert_type = %(alert_type)s
