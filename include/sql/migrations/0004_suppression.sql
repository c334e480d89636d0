-- What holds notifications back: silences, recurring mute windows, and graver incidents about the same thing.
-- All of it is about delivery: whatever is held back is still evaluated and stored.

-- ── Patterns ─────────────────────────────────────────────────────────────────────────────────

-- '*' stands for any text, also none; everything else for itself, in upper or lower case as written.
CREATE FUNCTION sms_pattern_matches(p_pattern text, p_value text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN p_pattern = '*' THEN p_value IS NOT NULL
        WHEN strpos(p_pattern, '*') = 0 THEN p_value = p_pattern
        ELSE p_value LIKE replace(replace(replace(replace(p_pattern, '\', '\\'), '%', '\%'), '_', '\_'), '*', '%')
    END
$$;
COMMENT ON FUNCTION sms_pattern_matches(text, text) IS
'Whether a value matches a pattern in which * stands for any text and all else for itself.';

CREATE FUNCTION sms_severity_rank(p_severity text) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE p_severity WHEN 'critical' THEN 3 WHEN 'warning' THEN 2 WHEN 'info' THEN 1 ELSE 0 END
$$;
COMMENT ON FUNCTION sms_severity_rank(text) IS 'The graver, the higher: info 1, warning 2, critical 3.';


-- ── Silences and mute windows ────────────────────────────────────────────────────────────────

CREATE TABLE sms_alert_silences (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- Patterns (see sms_pattern_matches); it holds back what matches all three.
    alert_type  text NOT NULL DEFAULT '*' CHECK (length(alert_type) BETWEEN 1 AND 200),
    entity      text NOT NULL DEFAULT '*' CHECK (length(entity) BETWEEN 1 AND 200),
    severity    text NOT NULL DEFAULT '*',
    author      text NOT NULL CHECK (author ~ '\S'),
    reason      text NOT NULL CHECK (reason ~ '\S'),
    created_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    starts_at   timestamptz NOT NULL DEFAULT now() CHECK (isfinite(starts_at)),
    expires_at  timestamptz CHECK (isfinite(expires_at)),
    -- Ended early by a person.
    ended_at    timestamptz,
    ended_by    text CHECK (ended_by ~ '\S'),
    -- When a person last found that it is still needed.
    reviewed_at timestamptz,
    reviewed_by text CHECK (reviewed_by ~ '\S'),
    -- What it was made for, if it was made for one incident.
    incident_id uuid REFERENCES sms_alert_history (id),
    -- A mute window: on these days of the week (1 Monday to 7 Sunday) from one time to another, as a clock on the wall
    -- in this zone shows them. One that ends at or before its start runs over midnight and belongs to the day it
    -- starts on; where both are the same it lasts until then on the next day.
    weekdays    smallint[],
    local_start time,
    local_end   time,
    time_zone   text,
    -- Null: without an end.
    in_effect_until timestamptz GENERATED ALWAYS AS (least(expires_at, ended_at)) STORED,
    CONSTRAINT sms_alert_silences_severity_is_known CHECK (
        sms_pattern_matches(severity, 'info')
        OR sms_pattern_matches(severity, 'warning')
        OR sms_pattern_matches(severity, 'critical')
    ),
    CONSTRAINT sms_alert_silences_only_a_mute_window_is_endless CHECK (expires_at IS NOT NULL OR time_zone IS NOT NULL),
    CONSTRAINT sms_alert_silences_expires_after_its_start CHECK (expires_at > starts_at),
    CONSTRAINT sms_alert_silences_end_is_whole CHECK ((ended_at IS NULL) = (ended_by IS NULL)),
    CONSTRAINT sms_alert_silences_review_is_whole CHECK ((reviewed_at IS NULL) = (reviewed_by IS NULL)),
    CONSTRAINT sms_alert_silences_mute_window_is_whole CHECK (
        num_nulls(weekdays, local_start, local_end, time_zone) IN (0, 4)
    ),
    CONSTRAINT sms_alert_silences_weekdays_are_1_to_7 CHECK (
        cardinality(weekdays) > 0 AND weekdays <@ '{1,2,3,4,5,6,7}' AND array_position(weekdays, NULL) IS NULL
    ),
    CONSTRAINT sms_alert_silences_starts_within_the_day CHECK (local_start < '24:00')
);
CREATE INDEX sms_alert_silences_in_effect ON sms_alert_silences (coalesce(in_effect_until, 'infinity'), starts_at);
CREATE INDEX sms_alert_silences_of_incident ON sms_alert_silences (incident_id) WHERE incident_id IS NOT NULL;
COMMENT ON TABLE sms_alert_silences IS 'Silences (one-off) and mute windows (recurring): matched alerts are evaluated, but nobody is told.';

ALTER TABLE sms_alert_notifications
    ADD CONSTRAINT sms_alert_notifications_silence FOREIGN KEY (silence_id) REFERENCES sms_alert_silences (id);
CREATE INDEX sms_alert_notifications_of_silence ON sms_alert_notifications (silence_id) WHERE silence_id IS NOT NULL;

-- Takes the name of a zone only as the IANA database writes it. PostgreSQL itself takes more, and what it takes does
-- not know summer time: 'UTC+3' (three hours *west*), and 'CET' or 'EET', abbreviations to it.
CREATE FUNCTION sms_check_mute_window() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF NEW.time_zone IS NULL THEN
        RETURN NEW;
    END IF;
    NEW.weekdays := coalesce(NEW.weekdays, '{1,2,3,4,5,6,7}');
    IF NEW.time_zone ~ '^(posix|right)/' OR NEW.time_zone !~ '/|^UTC$'
        OR NOT EXISTS (SELECT 1 FROM pg_timezone_names WHERE name = NEW.time_zone)
    THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('%L is no IANA time zone that PostgreSQL knows', NEW.time_zone),
            HINT = 'Name it exactly as in pg_timezone_names, by area and city, like Europe/Berlin; or UTC.';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER sms_check_mute_window BEFORE INSERT OR UPDATE OF time_zone, weekdays ON sms_alert_silences
FOR EACH ROW EXECUTE FUNCTION sms_check_mute_window();

-- Judged by the clock on the wall alone: what it skips in spring is skipped, and what it shows twice in autumn is muted twice.
CREATE FUNCTION sms_mute_window_holds(p_local timestamp, p_weekdays smallint[], p_start time, p_end time) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN p_start < p_end THEN
            p_local::time >= p_start AND p_local::time < p_end
            AND extract(isodow FROM p_local)::smallint = ANY (p_weekdays)
        ELSE
            (p_local::time >= p_start AND extract(isodow FROM p_local)::smallint = ANY (p_weekdays))
            OR (p_local::time < p_end AND extract(isodow FROM p_local - interval '1 day')::smallint = ANY (p_weekdays))
    END
$$;
COMMENT ON FUNCTION sms_mute_window_holds(timestamp, smallint[], time, time) IS
'Whether a recurring mute window covers a local time. See sms_alert_silences.';


-- ── Inhibition ───────────────────────────────────────────────────────────────────────────────

CREATE TABLE sms_alert_inhibitions (
    id                bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- An open incident whose alert type matches the source holds back those that match the target, if it outranks
    -- them: graver, or as grave and older. So of two incidents never both are held back.
    source_alert_type text NOT NULL CHECK (length(source_alert_type) BETWEEN 1 AND 200),
    target_alert_type text NOT NULL DEFAULT '*' CHECK (length(target_alert_type) BETWEEN 1 AND 200),
    -- Only where both alert types are the same once _info, _warning or _critical is cut off their ends.
    same_subject      boolean NOT NULL DEFAULT false,
    -- Only where both are about the same entity; 'all' is about each.
    same_entity       boolean NOT NULL DEFAULT false,
    reason            text NOT NULL CHECK (reason ~ '\S'),
    enabled           boolean NOT NULL DEFAULT true,
    created_at        timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE sms_alert_inhibitions IS 'Which incidents hold back notifications about which others while they are open.';

INSERT INTO sms_alert_inhibitions (source_alert_type, target_alert_type, same_subject, same_entity, reason) VALUES
    ('*_critical',    '*_warning', true,  true,  'the critical alert says it already'),
    ('database_down', '*',         false, false, 'without the database nothing works');

CREATE FUNCTION sms_alert_subject(p_alert_type text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT regexp_replace(p_alert_type, '_(info|warning|critical)$', '')
$$;
COMMENT ON FUNCTION sms_alert_subject(text) IS 'What an alert type is about: its name without _info, _warning or _critical at the end.';

-- The order in which incidents hold back one another, first the one that nothing holds back.
CREATE INDEX sms_alert_history_by_rank ON sms_alert_history (alert_type, sms_severity_rank(severity) DESC, triggered_at, id)
WHERE resolved_at IS NULL;


-- ── What holds a notification back ───────────────────────────────────────────────────────────

CREATE FUNCTION sms_alert_suppression(
    p_alert_type text, p_entity text, p_severity text, p_at timestamptz, p_incident_id uuid DEFAULT NULL
) RETURNS TABLE (reason text, silence_id bigint, because text)
-- Planned once: planning takes several times as long as looking.
LANGUAGE plpgsql STABLE ROWS 1 SET search_path FROM CURRENT SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    v_own_id uuid := p_incident_id;
    v_since  timestamptz;
BEGIN
    RETURN QUERY
    SELECT
        CASE WHEN s.time_zone IS NULL THEN 'silenced' ELSE 'muted' END,
        s.id,
        CASE WHEN s.time_zone IS NULL
            THEN format('silenced by %s until %s UTC: %s', s.author,
                to_char(s.expires_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI'), s.reason)
            ELSE format('muted by %s from %s to %s %s: %s', s.author,
                to_char(s.local_start, 'HH24:MI'), to_char(s.local_end, 'HH24:MI'), s.time_zone, s.reason)
        END
    FROM sms_alert_silences AS s
    WHERE
        coalesce(s.in_effect_until, 'infinity') > p_at AND s.starts_at <= p_at
        AND sms_pattern_matches(s.alert_type, p_alert_type)
        AND sms_pattern_matches(s.entity, p_entity)
        AND sms_pattern_matches(s.severity, p_severity)
        AND (s.time_zone IS NULL
            OR sms_mute_window_holds(p_at AT TIME ZONE s.time_zone, s.weekdays, s.local_start, s.local_end))
    ORDER BY s.time_zone IS NOT NULL, s.in_effect_until DESC NULLS FIRST, s.id
    LIMIT 1;
    IF FOUND THEN
        RETURN;
    END IF;

    -- What is about no incident yet would be the youngest one.
    IF v_own_id IS NULL THEN
        SELECT h.id, h.triggered_at INTO v_own_id, v_since
        FROM sms_alert_history AS h
        WHERE h.alert_type = p_alert_type AND h.entity = p_entity AND h.resolved_at IS NULL;
    ELSE
        SELECT h.triggered_at INTO v_since FROM sms_alert_history AS h WHERE h.id = v_own_id;
    END IF;

    RETURN QUERY
    WITH RECURSIVE open_types AS (
        -- The alert types with open incidents, each found with one look into the index.
        (
            SELECT h.alert_type FROM sms_alert_history AS h
            WHERE h.resolved_at IS NULL
            ORDER BY h.alert_type, h.entity LIMIT 1
        )
        UNION ALL
        SELECT (
            SELECT h.alert_type FROM sms_alert_history AS h
            WHERE h.resolved_at IS NULL AND h.alert_type > t.alert_type
            ORDER BY h.alert_type, h.entity LIMIT 1
        )
        FROM open_types AS t WHERE t.alert_type IS NOT NULL
    ), sources AS (
        -- Those that may hold it back, as few as the rule allows.
        SELECT t.alert_type, r.same_entity
        FROM sms_alert_inhibitions AS r
        CROSS JOIN LATERAL (
            SELECT sms_alert_subject(p_alert_type) || suffix AS alert_type
            FROM unnest('{_critical,_warning,_info,""}'::text []) AS suffix
            WHERE r.same_subject
            UNION ALL
            SELECT r.source_alert_type WHERE NOT r.same_subject AND strpos(r.source_alert_type, '*') = 0
            UNION ALL
            SELECT o.alert_type FROM open_types AS o WHERE NOT r.same_subject AND strpos(r.source_alert_type, '*') > 0
        ) AS t
        WHERE
            r.enabled
            AND sms_pattern_matches(r.target_alert_type, p_alert_type)
            AND sms_pattern_matches(r.source_alert_type, t.alert_type)
    ), graver AS (
        -- At most two rows; the limit keeps the planner from reading all incidents at once instead.
        SELECT h.*
        FROM sources AS s
        CROSS JOIN LATERAL (
            SELECT h.id, h.alert_type, h.entity, h.severity, h.triggered_at
            FROM sms_alert_history AS h
            WHERE h.alert_type = s.alert_type AND h.entity IN (p_entity, 'all') AND h.resolved_at IS NULL
            LIMIT 2
        ) AS h
        WHERE s.same_entity
        UNION ALL
        SELECT h.*
        FROM sources AS s
        CROSS JOIN LATERAL (
            SELECT h.id, h.alert_type, h.entity, h.severity, h.triggered_at
            FROM sms_alert_history AS h
            WHERE h.alert_type = s.alert_type AND h.resolved_at IS NULL
            ORDER BY h.alert_type, sms_severity_rank(h.severity) DESC, h.triggered_at, h.id
            LIMIT 1
        ) AS h
        WHERE NOT s.same_entity
    )
    SELECT
        'inhibited', NULL::bigint,
        format('held back by %s%s (incident %s)',
            g.alert_type, CASE WHEN g.entity <> 'all' THEN ' at ' || g.entity END, g.id)
    FROM graver AS g
    WHERE
        g.id IS DISTINCT FROM v_own_id
        AND (-sms_severity_rank(g.severity), g.triggered_at, g.id)
            < (-sms_severity_rank(p_severity), coalesce(v_since, 'infinity'), coalesce(v_own_id, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
    ORDER BY sms_severity_rank(g.severity) DESC, g.triggered_at, g.id
    LIMIT 1;
END
$$;
COMMENT ON FUNCTION sms_alert_suppression(text, text, text, timestamptz, uuid) IS
'What holds back notifications about an incident at a time: no row, or one: silenced before muted before inhibited.';
