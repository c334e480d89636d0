-- Silences and mute windows newest first, or the one with an id.
SELECT
    s.id, s.alert_type, s.entity, s.severity, s.author, s.reason, s.created_at, s.starts_at, s.expires_at,
    s.ended_at, s.ended_by, s.reviewed_at, s.reviewed_by, s.incident_id, s.weekdays, s.time_zone,
    -- As text: a day may end at 24:00.
    to_char(s.local_start, 'HH24:MI') AS local_start, to_char(s.local_end, 'HH24:MI') AS local_end,
    CASE WHEN s.time_zone IS NULL THEN 'silence' ELSE 'mute' END AS kind,
    CASE
        WHEN coalesce(s.in_effect_until, 'infinity') <= now() THEN 'over'
        WHEN s.starts_at > now() THEN 'upcoming'
        ELSE 'in_effect'
    END AS state,
    s.starts_at <= now() AND coalesce(s.in_effect_until, 'infinity') > now() AND (
        s.time_zone IS NULL
        OR sms_mute_window_holds(now() AT TIME ZONE s.time_zone, s.weekdays, s.local_start, s.local_end)
    ) AS holds_now
FROM sms_alert_silences AS s
WHERE
    (%(silence_id)s::bigint IS NULL OR s.id = %(silence_id)s::bigint)
    AND (%(state)s = 'all' OR coalesce(s.in_effect_until, 'infinity') > now())
    AND (%(before_id)s::bigint IS NULL OR s.id < %(before_id)s::bigint)
ORDER BY s.id DESC
LIMIT %(most)s
