-- Alerts, the newest first: from a cursor on, of some UTC days, or those not resolved.
SELECT
    id, alert_type, entity, severity, message, metric_value, threshold_value, sample_size, window_start, window_end,
    triggered_at, acknowledged_at, acknowledged_by, resolved_at, resolved_by
FROM sms_alert_history
WHERE
    (NOT %(unresolved)s OR resolved_at IS NULL)
    AND triggered_at >= coalesce(%(start_date)s::date::timestamp AT TIME ZONE 'UTC', '-infinity')
    AND triggered_at < coalesce((%(end_date)s::date + 1)::timestamp AT TIME ZONE 'UTC', 'infinity')
    AND (%(before)s::timestamptz IS NULL OR (triggered_at, id) < (%(before)s::timestamptz, %(before_id)s::uuid))
ORDER BY triggered_at DESC, id DESC
LIMIT %(row_limit)s
