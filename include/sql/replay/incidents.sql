-- The incidents of an alert type that were open at some time of a range, however they began and ended.
SELECT id, entity, severity, triggered_at, resolved_at, resolved_by, acknowledged_by
FROM sms_alert_history
WHERE
    alert_type = %(alert_type)s
    AND date_trunc('hour', triggered_at, 'UTC') <= %(ends_at)s
    AND (resolved_at IS NULL OR resolved_at >= %(starts_at)s)
ORDER BY triggered_at, entity
