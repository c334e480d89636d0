-- The incidents of an alert type that are open, or ended lately without their end being told, with all that was
-- said of them so far.
SELECT
    h.id, h.alert_type, h.entity, h.severity, h.triggered_at, h.resolved_by,
    h.resolved_at, h.acknowledged_at, h.acknowledged_by, h.announced_at, h.reminded_at, h.reminders,
    h.escalated_at, h.escalated_by, h.escalated_to,
    s.state, cooling.last_announced_at,
    coalesce(said.told, '{}') AS told,
    coalesce(said.told_acknowledged, '{}') AS told_acknowledged,
    coalesce(said.told_escalated, '{}') AS told_escalated,
    coalesce(said.failed_triggers, 0) AS failed_triggers,
    oldest.message,
    CASE WHEN newest.status = 'suppressed' THEN newest.suppressed_reason END AS held_by,
    latest.value AS latest_value, latest.sample_size AS latest_sample_size, latest.window_end AS latest_window_end
FROM sms_alert_history AS h
LEFT JOIN sms_alert_state AS s ON s.incident_id = h.id
LEFT JOIN sms_alert_state AS cooling ON cooling.alert_type = h.alert_type AND cooling.entity = h.entity
LEFT JOIN LATERAL (
    SELECT
        array_agg(DISTINCT n.channel) FILTER (WHERE n.event IN ('trigger', 'escalate') AND n.stands) AS told,
        -- Tried once, however that ended: neither is tried anew.
        array_agg(n.channel) FILTER (WHERE n.event = 'acknowledge') AS told_acknowledged,
        array_agg(n.channel) FILTER (WHERE n.event = 'escalate' AND n.status <> 'suppressed') AS told_escalated,
        -- Each try was one row a channel.
        count(*) FILTER (WHERE n.event = 'trigger' AND n.status = 'failed')
        / greatest(count(DISTINCT n.channel) FILTER (WHERE n.event = 'trigger' AND n.status = 'failed'), 1) AS failed_triggers,
        bool_or(n.event = 'resolve') AS told_resolved
    FROM (
        SELECT *, status NOT IN ('suppressed', 'failed') AS stands FROM sms_alert_notifications WHERE incident_id = h.id
    ) AS n
) AS said ON true
LEFT JOIN LATERAL (
    SELECT status, suppressed_reason FROM sms_alert_notifications
    WHERE incident_id = h.id AND event = 'trigger'
    ORDER BY id DESC
    LIMIT 1
) AS newest ON true
-- What was said, or would have been, when it began: all later messages are made from it.
LEFT JOIN LATERAL (
    SELECT message FROM sms_alert_notifications
    WHERE incident_id = h.id AND event = 'trigger'
    ORDER BY id
    LIMIT 1
) AS oldest ON true
LEFT JOIN LATERAL (
    SELECT value, sample_size, window_end FROM sms_alert_evaluations
    WHERE alert_type = h.alert_type AND entity = h.entity AND NOT replayed
    ORDER BY window_end DESC, evaluated_at DESC
    LIMIT 1
) AS latest ON h.resolved_at IS NULL
WHERE
    h.alert_type = %(alert_type)s
    AND oldest.message IS NOT NULL
    AND (h.resolved_at IS NULL OR (h.resolved_at >= %(ended_since)s AND NOT said.told_resolved AND said.told IS NOT NULL))
ORDER BY h.triggered_at, h.id
