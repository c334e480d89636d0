-- Where each entity of an alert type stands, and what has been said about it.
-- Streaks are those before the window that is judged: judged again, it counts once.
-- ended_incident_id: one that a person has resolved since; it is no longer open.
SELECT
    s.entity, s.state, s.since, s.last_announced_at, s.evaluated_through,
    CASE WHEN s.evaluated_through = %(window_end)s THEN s.breaches_before ELSE s.breaches END AS breaches,
    CASE WHEN s.evaluated_through = %(window_end)s THEN s.healthy_before ELSE s.healthy END AS healthy,
    CASE WHEN h.resolved_at IS NULL THEN h.id END AS incident_id,
    CASE WHEN h.resolved_at IS NOT NULL THEN h.id END AS ended_incident_id,
    greatest(s.clear_since, h.resolved_at) AS clear_since,
    s.last_seen_at IS NOT NULL AS seen,
    -- A trigger that failed for good has told nobody.
    EXISTS (
        SELECT 1 FROM sms_alert_notifications AS n
        WHERE n.incident_id = h.id AND n.event IN ('trigger', 'escalate') AND n.status NOT IN ('suppressed', 'failed')
    ) AS announced
FROM sms_alert_state AS s
LEFT JOIN sms_alert_history AS h ON h.id = s.incident_id
WHERE s.alert_type = %(alert_type)s
ORDER BY s.entity
