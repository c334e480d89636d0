-- The silences and mute windows that hold now or will, without who made them and why.
SELECT
    id, alert_type, severity, starts_at, expires_at,
    expires_at IS NOT NULL OR time_zone IS NOT NULL AS ends_or_recurs,
    alert_type = '*' AND entity = '*' AND severity IN ('*', 'critical') AND time_zone IS NULL AS silences_everything,
    round(extract(EPOCH FROM expires_at - starts_at) / 86400, 1) AS days_long
FROM sms_alert_silences
WHERE coalesce(in_effect_until, 'infinity') > current_setting('sms_monitoring.now')::timestamptz
