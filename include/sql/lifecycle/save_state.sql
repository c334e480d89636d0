INSERT INTO sms_alert_state AS s (
    alert_type, entity, state, since, incident_id, last_announced_at, evaluated_through,
    breaches, healthy, breaches_before, healthy_before, clear_since, last_seen_at
) VALUES (
    %(alert_type)s, %(entity)s, %(state)s, %(now)s, %(incident_id)s, %(announced_at)s::timestamptz, %(window_end)s,
    %(breaches)s, %(healthy)s, %(breaches_before)s, %(healthy_before)s, %(clear_since)s::timestamptz,
    %(last_seen_at)s::timestamptz
)
ON CONFLICT (alert_type, entity) DO UPDATE
SET state = excluded.state,
    since = CASE WHEN s.state = excluded.state THEN s.since ELSE excluded.since END,
    incident_id = excluded.incident_id,
    last_announced_at = coalesce(excluded.last_announced_at, s.last_announced_at),
    breaches = excluded.breaches,
    healthy = excluded.healthy,
    breaches_before = excluded.breaches_before,
    healthy_before = excluded.healthy_before,
    clear_since = coalesce(excluded.clear_since, s.clear_since),
    last_seen_at = coalesce(excluded.last_seen_at, s.last_seen_at),
    -- Ahead of now only where a clock was wrong: then the right time counts.
    evaluated_through = CASE
        WHEN s.evaluated_through > %(now)s THEN excluded.evaluated_through
        ELSE greatest(s.evaluated_through, excluded.evaluated_through)
    END
