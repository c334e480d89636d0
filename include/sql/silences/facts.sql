-- Every silence and mute window that is in effect or will be, with the incidents it matches: the types of those that
-- are open, and how many ended while it was in effect.
SELECT
    s.id, s.author, s.reason, s.alert_type, s.entity, s.severity, s.time_zone IS NOT NULL AS recurring,
    s.created_at, s.starts_at, s.expires_at, s.reviewed_at,
    s.incident_id IS NOT NULL AS made_for_an_incident,
    coalesce(i.resolved_at <= %(now)s, false) AS its_incident_is_over,
    coalesce(matched.open_alert_types, '{}') AS open_alert_types,
    matched.ended
FROM sms_alert_silences AS s
LEFT JOIN sms_alert_history AS i ON i.id = s.incident_id
CROSS JOIN LATERAL (
    SELECT
        array_agg(DISTINCT h.alert_type ORDER BY h.alert_type) FILTER (WHERE h.resolved_at IS NULL) AS open_alert_types,
        count(*) FILTER (WHERE h.resolved_at >= s.starts_at) AS ended
    FROM sms_alert_history AS h
    WHERE
        sms_pattern_matches(s.alert_type, h.alert_type)
        AND sms_pattern_matches(s.entity, h.entity)
        AND sms_pattern_matches(s.severity, h.severity)
        AND (h.resolved_at IS NULL OR h.resolved_at >= s.starts_at)
) AS matched
WHERE coalesce(s.in_effect_until, 'infinity') > %(now)s
ORDER BY s.id
