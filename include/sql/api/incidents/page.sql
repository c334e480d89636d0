-- Incidents newest first, or the one with an id; with what holds back their notifications now, as long as they are open.
WITH page AS (
    SELECT h.*
    FROM sms_alert_history AS h
    WHERE
        (%(incident_id)s::uuid IS NULL OR h.id = %(incident_id)s::uuid)
        AND (%(state)s = 'all' OR (h.resolved_at IS NULL) = (%(state)s = 'open'))
        AND (%(alert_type)s::text IS NULL OR h.alert_type = %(alert_type)s::text)
        AND (%(severity)s::text IS NULL OR h.severity = %(severity)s::text)
        AND (%(starts_at)s::timestamptz IS NULL OR h.triggered_at >= %(starts_at)s::timestamptz)
        AND (%(ends_at)s::timestamptz IS NULL OR h.triggered_at < %(ends_at)s::timestamptz)
        AND (
            %(before)s::timestamptz IS NULL
            OR (h.triggered_at, h.id) < (%(before)s::timestamptz, %(before_id)s::uuid)
        )
    ORDER BY h.triggered_at DESC, h.id DESC
    LIMIT %(most)s
)
SELECT
    p.id, p.alert_type, p.entity, p.severity, p.triggered_at, p.acknowledged_at, p.acknowledged_by,
    p.resolved_at, p.resolved_by, p.escalated_to, p.metric_value, p.threshold_value, p.sample_size, p.message,
    p.window_start, p.window_end,
    -- What watches no number has no state of its own: it fires until it is resolved.
    CASE WHEN p.resolved_at IS NULL THEN coalesce(s.state, 'firing') ELSE 'resolved' END AS state,
    t.comparison_operator, t.owner, t.runbook_url, t.evaluation_delay_hours,
    held.because AS suppressed_by,
    held.silence_id, q.author AS silence_author, q.reason AS silence_reason, q.in_effect_until AS silence_until,
    CASE WHEN q.time_zone IS NULL THEN 'silence' ELSE 'mute' END AS silence_kind
FROM page AS p
LEFT JOIN sms_alert_thresholds AS t ON t.alert_type = p.alert_type
LEFT JOIN sms_alert_state AS s ON s.alert_type = p.alert_type AND s.entity = p.entity AND s.incident_id = p.id
LEFT JOIN LATERAL (
    SELECT x.silence_id, x.because
    FROM sms_alert_suppression(p.alert_type, p.entity, p.severity, now(), p.id) AS x
    WHERE p.resolved_at IS NULL
) AS held ON true
LEFT JOIN sms_alert_silences AS q ON q.id = held.silence_id
ORDER BY p.triggered_at DESC, p.id DESC
