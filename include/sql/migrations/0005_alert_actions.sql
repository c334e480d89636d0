-- What people do about alerts: functions that change rows, an audit of every change, and the timeline of an incident.
-- The functions run with the rights of their caller. They tell nobody: the follow-up does.

-- ── The audit ────────────────────────────────────────────────────────────────────────────────

CREATE TABLE sms_alert_audit (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at         timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- Who did it, as they said (see sms_audit_change); and the role that was logged in, which nobody can make up.
    actor      text NOT NULL,
    login      text NOT NULL DEFAULT session_user,
    -- insert, update and delete: by plain SQL.
    action     text NOT NULL CHECK (action IN (
        'insert', 'update', 'delete', 'acknowledge', 'unacknowledge', 'resolve', 'escalate',
        'silence', 'mute', 'end_silence', 'review_silence', 'edit_threshold'
    )),
    -- 'threshold delivery_rate_critical', 'incident <uuid>', 'silence 7', 'inhibition 2', 'channel slack'
    object     text NOT NULL,
    -- The whole row.
    before     jsonb,
    after      jsonb,
    note       text
);
CREATE INDEX sms_alert_audit_of_object ON sms_alert_audit (object, at);
CREATE INDEX sms_alert_audit_at ON sms_alert_audit (at);
COMMENT ON TABLE sms_alert_audit IS 'Who changed what about alerts and when; rows are only ever added.';

CREATE FUNCTION sms_refuse_audit_change() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    RAISE insufficient_privilege USING
        MESSAGE = format('%s on sms_alert_audit is refused: its rows are only ever added', TG_OP),
        HINT = 'To delete what is older than you must keep, its owner disables the trigger sms_alert_audit_only_grows for that transaction.';
END
$$;

CREATE TRIGGER sms_alert_audit_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON sms_alert_audit
FOR EACH STATEMENT EXECUTE FUNCTION sms_refuse_audit_change();
-- Not even a session that switches off triggers as replication does.
ALTER TABLE sms_alert_audit ENABLE ALWAYS TRIGGER sms_alert_audit_only_grows;

-- Writes the audit of one row. Arguments: what to call the row, and the column that names it.
-- The actor is who a function below was told, else the setting sms_monitoring.actor, else the role that is logged in.
-- SECURITY DEFINER: whoever may change a threshold need not be able to write, and so to forge, its audit.
CREATE FUNCTION sms_audit_change() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    v_act    jsonb := nullif(current_setting('sms_monitoring.act', true), '');
    v_before jsonb := to_jsonb(OLD);
    v_after  jsonb := to_jsonb(NEW);
BEGIN
    -- The engine notes when a threshold was last past, and what it said of an incident; no person changes anything by that.
    IF v_before - 'last_triggered_at' = v_after - 'last_triggered_at' THEN
        RETURN NULL;
    END IF;
    INSERT INTO sms_alert_audit (actor, action, object, before, after, note)
    VALUES (
        coalesce(v_act ->> 'who', nullif(current_setting('sms_monitoring.actor', true), ''), session_user),
        coalesce(v_act ->> 'action', lower(TG_OP)),
        TG_ARGV[0] || ' ' || (coalesce(v_before, v_after) ->> TG_ARGV[1]),
        v_before, v_after, v_act ->> 'note'
    );
    RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION sms_audit_change() FROM PUBLIC;

CREATE TRIGGER sms_audit_change AFTER INSERT OR UPDATE OR DELETE ON sms_alert_thresholds
FOR EACH ROW EXECUTE FUNCTION sms_audit_change('threshold', 'alert_type');
CREATE TRIGGER sms_audit_change AFTER INSERT OR UPDATE OR DELETE ON sms_alert_silences
FOR EACH ROW EXECUTE FUNCTION sms_audit_change('silence', 'id');
CREATE TRIGGER sms_audit_change AFTER INSERT OR UPDATE OR DELETE ON sms_alert_inhibitions
FOR EACH ROW EXECUTE FUNCTION sms_audit_change('inhibition', 'id');
CREATE TRIGGER sms_audit_change AFTER INSERT OR UPDATE OR DELETE ON sms_notification_channels
FOR EACH ROW EXECUTE FUNCTION sms_audit_change('channel', 'channel');
-- The engine changes incidents all the time; what people do comes through the functions below.
CREATE TRIGGER sms_audit_change AFTER UPDATE ON sms_alert_history
FOR EACH ROW WHEN (current_setting('sms_monitoring.act', true) <> '')
EXECUTE FUNCTION sms_audit_change('incident', 'id');

-- A TRUNCATE would pass by the triggers above.
CREATE FUNCTION sms_refuse_truncate() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    RAISE insufficient_privilege USING
        MESSAGE = format('TRUNCATE on %s is refused: it would leave no audit', TG_TABLE_NAME), HINT = 'DELETE does.';
END
$$;
CREATE TRIGGER sms_refuse_truncate BEFORE TRUNCATE ON sms_alert_thresholds
FOR EACH STATEMENT EXECUTE FUNCTION sms_refuse_truncate();
CREATE TRIGGER sms_refuse_truncate BEFORE TRUNCATE ON sms_alert_silences
FOR EACH STATEMENT EXECUTE FUNCTION sms_refuse_truncate();
CREATE TRIGGER sms_refuse_truncate BEFORE TRUNCATE ON sms_alert_inhibitions
FOR EACH STATEMENT EXECUTE FUNCTION sms_refuse_truncate();
CREATE TRIGGER sms_refuse_truncate BEFORE TRUNCATE ON sms_notification_channels
FOR EACH STATEMENT EXECUTE FUNCTION sms_refuse_truncate();


-- ── What the functions share ─────────────────────────────────────────────────────────────────

-- From here on the changes of this transaction are those of "who".
CREATE FUNCTION sms_begin_act(p_action text, p_who text, p_note text) RETURNS void
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF p_who IS NULL OR p_who !~ '\S' THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('who is blank; %s needs the name of a person', p_action),
            HINT = 'Pass a name or an address, for example who => ''ann@example.com''.';
    END IF;
    PERFORM set_config(
        'sms_monitoring.act', jsonb_build_object('action', p_action, 'who', p_who, 'note', p_note)::text, true
    );
END
$$;

CREATE FUNCTION sms_end_act() RETURNS void
LANGUAGE sql AS $$
    SELECT set_config('sms_monitoring.act', '', true)
$$;

-- The incident, locked against other people's changes, until the transaction ends.
CREATE FUNCTION sms_lock_incident(p_incident_id uuid) RETURNS sms_alert_history
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    v_incident sms_alert_history;
BEGIN
    SELECT * INTO v_incident FROM sms_alert_history WHERE id = p_incident_id FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RAISE no_data_found USING
            MESSAGE = format('no incident %s', coalesce(p_incident_id::text, 'NULL')),
            HINT = 'Incidents are the rows of sms_alert_history; check_sms_alerts() lists those that are open.';
    END IF;
    RETURN v_incident;
END
$$;

CREATE FUNCTION sms_lock_silence(p_silence_id bigint) RETURNS sms_alert_silences
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    v_silence sms_alert_silences;
BEGIN
    SELECT * INTO v_silence FROM sms_alert_silences WHERE id = p_silence_id FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RAISE no_data_found USING
            MESSAGE = format('no silence %s', coalesce(p_silence_id::text, 'NULL')),
            HINT = 'Silences and mute windows are the rows of sms_alert_silences.';
    END IF;
    RETURN v_silence;
END
$$;

CREATE FUNCTION sms_check_silence_target(p_alert_type text, p_incident_id uuid) RETURNS void
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF p_incident_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM sms_alert_history WHERE id = p_incident_id) THEN
        RAISE no_data_found USING
            MESSAGE = format('no incident %s', p_incident_id),
            HINT = 'Incidents are the rows of sms_alert_history; check_sms_alerts() lists those that are open.';
    END IF;
    -- It may be meant for one to come.
    IF NOT EXISTS (SELECT 1 FROM sms_alert_thresholds WHERE sms_pattern_matches(p_alert_type, alert_type))
        AND NOT EXISTS (SELECT 1 FROM sms_alert_history WHERE sms_pattern_matches(p_alert_type, alert_type))
    THEN
        RAISE NOTICE 'no alert type so far matches %', quote_literal(p_alert_type);
    END IF;
END
$$;


-- ── Incidents ────────────────────────────────────────────────────────────────────────────────

CREATE FUNCTION sms_alert_acknowledge(incident_id uuid, who text, note text DEFAULT NULL) RETURNS sms_alert_history
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    v_who      text := who;
    v_incident sms_alert_history;
BEGIN
    PERFORM sms_begin_act('acknowledge', who, note);
    v_incident := sms_lock_incident(incident_id);
    IF v_incident.resolved_at IS NOT NULL THEN
        RAISE NOTICE 'incident % was resolved at % by %', v_incident.id, v_incident.resolved_at, v_incident.resolved_by;
    ELSIF v_incident.acknowledged_at IS NOT NULL THEN
        RAISE NOTICE 'incident % was acknowledged at % by %', v_incident.id, v_incident.acknowledged_at, v_incident.acknowledged_by;
    ELSE
        UPDATE sms_alert_history SET acknowledged_at = clock_timestamp(), acknowledged_by = v_who
        WHERE id = v_incident.id RETURNING * INTO v_incident;
    END IF;
    PERFORM sms_end_act();
    RETURN v_incident;
END
$$;
COMMENT ON FUNCTION sms_alert_acknowledge(uuid, text, text) IS
'Somebody looks after an open incident: it is not repeated and not escalated any more. The first acknowledgement stays. Returns the incident.';

CREATE FUNCTION sms_alert_unacknowledge(incident_id uuid, who text, note text DEFAULT NULL) RETURNS sms_alert_history
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    v_incident sms_alert_history;
BEGIN
    PERFORM sms_begin_act('unacknowledge', who, note);
    v_incident := sms_lock_incident(incident_id);
    IF v_incident.resolved_at IS NOT NULL THEN
        RAISE NOTICE 'incident % was resolved at % by %', v_incident.id, v_incident.resolved_at, v_incident.resolved_by;
    ELSIF v_incident.acknowledged_at IS NULL THEN
        RAISE NOTICE 'incident % is not acknowledged', v_incident.id;
    ELSE
        UPDATE sms_alert_history SET acknowledged_at = NULL, acknowledged_by = NULL
        WHERE id = v_incident.id RETURNING * INTO v_incident;
    END IF;
    PERFORM sms_end_act();
    RETURN v_incident;
END
$$;
COMMENT ON FUNCTION sms_alert_unacknowledge(uuid, text, text) IS
'Nobody looks after an open incident any more: it is repeated and escalated again. Returns the incident.';

CREATE FUNCTION sms_alert_resolve(incident_id uuid, who text, note text DEFAULT NULL) RETURNS sms_alert_history
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    v_who      text := who;
    v_incident sms_alert_history;
BEGIN
    PERFORM sms_begin_act('resolve', who, note);
    v_incident := sms_lock_incident(incident_id);
    IF v_incident.resolved_at IS NOT NULL THEN
        RAISE NOTICE 'incident % was resolved at % by %', v_incident.id, v_incident.resolved_at, v_incident.resolved_by;
    ELSE
        UPDATE sms_alert_history SET resolved_at = clock_timestamp(), resolved_by = v_who
        WHERE id = v_incident.id RETURNING * INTO v_incident;
    END IF;
    PERFORM sms_end_act();
    RETURN v_incident;
END
$$;
COMMENT ON FUNCTION sms_alert_resolve(uuid, text, text) IS
'Ends an open incident by hand; the next breach opens a new one. What is resolved stays as it is. Returns the incident.';

CREATE FUNCTION sms_alert_escalate(incident_id uuid, who text, channel text DEFAULT NULL, note text DEFAULT NULL)
RETURNS sms_alert_history
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
#variable_conflict use_column
DECLARE
    v_who      text := who;
    v_channel  text := channel;
    v_known    text;
    v_incident sms_alert_history;
BEGIN
    PERFORM sms_begin_act('escalate', who, note);
    v_incident := sms_lock_incident(incident_id);
    v_channel := coalesce(v_channel, (SELECT escalation_channel FROM sms_alert_thresholds WHERE alert_type = v_incident.alert_type));
    IF v_channel IS NULL OR NOT EXISTS (SELECT 1 FROM sms_notification_channels AS c WHERE c.channel = v_channel) THEN
        SELECT string_agg(c.channel, ', ' ORDER BY c.channel) INTO v_known FROM sms_notification_channels AS c;
        IF v_channel IS NULL THEN
            RAISE invalid_parameter_value USING
                MESSAGE = format('%s has no escalation channel', v_incident.alert_type),
                HINT = format('Pass a channel (%s) or set escalation_channel of the threshold.', v_known);
        END IF;
        RAISE foreign_key_violation USING
            MESSAGE = format('no channel %L', v_channel), HINT = format('Channels are: %s.', v_known);
    END IF;
    IF v_incident.resolved_at IS NOT NULL THEN
        RAISE NOTICE 'incident % was resolved at % by %', v_incident.id, v_incident.resolved_at, v_incident.resolved_by;
    ELSIF v_incident.escalated_to = v_channel THEN
        RAISE NOTICE 'incident % was escalated to % at % by %',
            v_incident.id, v_channel, v_incident.escalated_at, v_incident.escalated_by;
    ELSE
        UPDATE sms_alert_history
        SET escalated_at = clock_timestamp(), escalated_by = v_who, escalated_to = v_channel
        WHERE id = v_incident.id RETURNING * INTO v_incident;
    END IF;
    PERFORM sms_end_act();
    RETURN v_incident;
END
$$;
COMMENT ON FUNCTION sms_alert_escalate(uuid, text, text, text) IS
'Tells one more channel of an open incident: this one, else the escalation channel of its threshold. Returns the incident.';


-- ── Silences ─────────────────────────────────────────────────────────────────────────────────

CREATE FUNCTION sms_alert_silence(
    who text,
    reason text,
    expires_at timestamptz DEFAULT NULL,
    duration interval DEFAULT NULL,
    -- Patterns; null: those of the incident, else '*'.
    alert_type text DEFAULT NULL,
    entity text DEFAULT NULL,
    severity text DEFAULT NULL,
    incident_id uuid DEFAULT NULL,
    starts_at timestamptz DEFAULT NULL
) RETURNS bigint
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
#variable_conflict use_column
DECLARE
    v_from       timestamptz := coalesce(starts_at, clock_timestamp());
    v_until      timestamptz := coalesce(expires_at, v_from + duration);
    v_who        text := who;
    v_reason     text := reason;
    v_incident   uuid := incident_id;
    v_alert_type text := alert_type;
    v_entity     text := entity;
    v_severity   text := severity;
    v_id         bigint;
BEGIN
    PERFORM sms_begin_act('silence', who, NULL);
    IF num_nonnulls(expires_at, duration) <> 1 THEN
        RAISE invalid_parameter_value USING
            MESSAGE = 'a silence needs either expires_at or duration',
            HINT = 'For example duration => ''2 hours''. What has no end is a mute window: sms_alert_mute.';
    ELSIF reason IS NULL OR reason !~ '\S' THEN
        RAISE invalid_parameter_value USING
            MESSAGE = 'reason is blank', HINT = 'Say why, for those who wonder later why nobody was told.';
    ELSIF v_until <= greatest(v_from, clock_timestamp()) THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('the silence would be over at %s, before it %s', v_until,
                CASE WHEN v_until <= v_from THEN 'begins' ELSE 'is made' END),
            HINT = 'Pass an expires_at in the future or a longer duration.';
    END IF;
    PERFORM sms_check_silence_target(coalesce(alert_type, '*'), incident_id);
    INSERT INTO sms_alert_silences (author, reason, starts_at, expires_at, alert_type, entity, severity, incident_id)
    SELECT
        v_who, v_reason, v_from, v_until,
        coalesce(v_alert_type, h.alert_type, '*'), coalesce(v_entity, h.entity, '*'), coalesce(v_severity, h.severity, '*'),
        v_incident
    FROM (SELECT v_incident AS id) AS made_for
    LEFT JOIN sms_alert_history AS h ON h.id = made_for.id
    RETURNING id INTO v_id;
    PERFORM sms_end_act();
    RETURN v_id;
END
$$;
COMMENT ON FUNCTION sms_alert_silence(text, text, timestamptz, interval, text, text, text, uuid, timestamptz) IS
'Tells nobody of what matches until expires_at, or for a duration. Patterns not given are those of the incident, else all. Returns its id.';

CREATE FUNCTION sms_alert_mute(
    who text,
    reason text,
    local_start time,
    local_end time,
    time_zone text,
    weekdays integer [] DEFAULT '{1,2,3,4,5,6,7}',
    alert_type text DEFAULT '*',
    entity text DEFAULT '*',
    severity text DEFAULT '*',
    starts_at timestamptz DEFAULT NULL,
    expires_at timestamptz DEFAULT NULL
) RETURNS bigint
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    v_from timestamptz := coalesce(starts_at, clock_timestamp());
    v_id   bigint;
BEGIN
    PERFORM sms_begin_act('mute', who, NULL);
    IF reason IS NULL OR reason !~ '\S' THEN
        RAISE invalid_parameter_value USING
            MESSAGE = 'reason is blank', HINT = 'Say why, for those who wonder later why nobody was told.';
    ELSIF local_start IS NULL OR local_end IS NULL OR time_zone IS NULL THEN
        RAISE invalid_parameter_value USING
            MESSAGE = 'a mute window needs local_start, local_end and time_zone',
            HINT = 'For example ''22:00'', ''06:00'', ''Europe/Berlin''.';
    ELSIF expires_at <= greatest(v_from, clock_timestamp()) THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('the mute window would be over at %s, before it %s', expires_at,
                CASE WHEN expires_at <= v_from THEN 'begins' ELSE 'is made' END),
            HINT = 'Pass an expires_at in the future, or none.';
    END IF;
    PERFORM sms_check_silence_target(coalesce(alert_type, '*'), NULL);
    INSERT INTO sms_alert_silences AS s (
        author, reason, local_start, local_end, time_zone, weekdays, alert_type, entity, severity, starts_at, expires_at
    ) VALUES (
        who, reason, local_start, local_end, time_zone, weekdays::smallint [],
        coalesce(alert_type, '*'), coalesce(entity, '*'), coalesce(severity, '*'), v_from, expires_at
    )
    RETURNING s.id INTO v_id;
    PERFORM sms_end_act();
    RETURN v_id;
END
$$;
COMMENT ON FUNCTION sms_alert_mute(text, text, time, time, text, integer[], text, text, text, timestamptz, timestamptz) IS
'Tells nobody of what matches at these times of these days (1 Monday to 7 Sunday) in a time zone. Returns the id of the mute window.';

CREATE FUNCTION sms_alert_end_silence(id bigint, who text, note text DEFAULT NULL) RETURNS sms_alert_silences
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
#variable_conflict use_column
DECLARE
    v_who     text := who;
    v_silence sms_alert_silences;
BEGIN
    PERFORM sms_begin_act('end_silence', who, note);
    v_silence := sms_lock_silence(id);
    IF v_silence.in_effect_until <= clock_timestamp() THEN
        RAISE NOTICE 'silence % was over at %', v_silence.id, v_silence.in_effect_until;
    ELSE
        UPDATE sms_alert_silences SET ended_at = clock_timestamp(), ended_by = v_who
        WHERE id = v_silence.id RETURNING * INTO v_silence;
    END IF;
    PERFORM sms_end_act();
    RETURN v_silence;
END
$$;
COMMENT ON FUNCTION sms_alert_end_silence(bigint, text, text) IS
'Ends a silence or a mute window now. One that is over stays as it is. Returns it.';

CREATE FUNCTION sms_alert_review_silence(id bigint, who text, note text DEFAULT NULL) RETURNS sms_alert_silences
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
#variable_conflict use_column
DECLARE
    v_who     text := who;
    v_silence sms_alert_silences;
BEGIN
    PERFORM sms_begin_act('review_silence', who, note);
    v_silence := sms_lock_silence(id);
    IF v_silence.in_effect_until <= clock_timestamp() THEN
        RAISE NOTICE 'silence % was over at %', v_silence.id, v_silence.in_effect_until;
    ELSE
        UPDATE sms_alert_silences SET reviewed_at = clock_timestamp(), reviewed_by = v_who
        WHERE id = v_silence.id RETURNING * INTO v_silence;
    END IF;
    PERFORM sms_end_act();
    RETURN v_silence;
END
$$;
COMMENT ON FUNCTION sms_alert_review_silence(bigint, text, text) IS
'Puts on record that a silence or a mute window is still needed: the weekly review does not list a mute window for a while. Returns it.';


-- ── Thresholds ───────────────────────────────────────────────────────────────────────────────

CREATE FUNCTION sms_alert_edit_threshold(alert_type text, who text, changes jsonb, note text DEFAULT NULL)
RETURNS sms_alert_thresholds
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
#variable_conflict use_column
DECLARE
    v_alert_type text := alert_type;
    v_before     sms_alert_thresholds;
    v_after      sms_alert_thresholds;
    v_editable   text [];
    v_column     text;
    v_set        text;
BEGIN
    PERFORM sms_begin_act('edit_threshold', who, note);
    IF jsonb_typeof(changes) IS DISTINCT FROM 'object' THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('changes is %s, not a JSON object', coalesce(jsonb_typeof(changes), 'NULL')),
            HINT = 'For example ''{"threshold_value": 85, "cooldown_minutes": 120}''.';
    END IF;
    SELECT * INTO v_before FROM sms_alert_thresholds AS t WHERE t.alert_type = v_alert_type FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RAISE no_data_found USING
            MESSAGE = format('no threshold of alert type %L', v_alert_type),
            HINT = (
                SELECT 'Alert types with a threshold: ' || string_agg(t.alert_type, ', ' ORDER BY t.alert_type) || '.'
                FROM sms_alert_thresholds AS t
            );
    END IF;
    SELECT array_agg(attname::text ORDER BY attnum) INTO v_editable
    FROM pg_attribute
    WHERE
        attrelid = 'sms_alert_thresholds'::regclass AND attnum > 0 AND NOT attisdropped
        AND attname <> ALL ('{alert_type,last_triggered_at,created_at}');
    v_after := v_before;
    FOR v_column IN SELECT jsonb_object_keys(changes) LOOP
        IF v_column <> ALL (v_editable) THEN
            RAISE undefined_column USING
                MESSAGE = format('%L of a threshold cannot be edited', v_column),
                HINT = format('What can be: %s.', array_to_string(v_editable, ', '));
        END IF;
        BEGIN
            v_after := jsonb_populate_record(v_after, jsonb_build_object(v_column, changes -> v_column));
        EXCEPTION WHEN data_exception THEN
            RAISE invalid_parameter_value USING MESSAGE = format('%s: %s', v_column, sqlerrm);
        END;
    END LOOP;
    SELECT string_agg(format('%1$I = ($1).%1$I', name), ', ') INTO v_set FROM jsonb_object_keys(changes) AS name;
    IF v_before = v_after OR v_set IS NULL THEN
        RAISE NOTICE 'nothing to change: threshold % is like that already', v_alert_type;
    ELSE
        EXECUTE format('UPDATE sms_alert_thresholds SET %s WHERE alert_type = $2 RETURNING *', v_set)
        INTO v_after USING v_after, v_alert_type;
    END IF;
    PERFORM sms_end_act();
    RETURN v_after;
END
$$;
COMMENT ON FUNCTION sms_alert_edit_threshold(text, text, jsonb, text) IS
'Changes columns of a threshold, given as {"column": value}; they take effect at the next evaluation. Returns the threshold.';


-- ── The timeline ─────────────────────────────────────────────────────────────────────────────

CREATE VIEW sms_alert_timeline AS
SELECT e.incident_id, h.alert_type, h.entity, e.at, e.what, e.who, e.detail
FROM (
    SELECT i.id AS incident_id, i.triggered_at AS at, 1 AS place, 'opened' AS what, NULL AS who, i.message AS detail
    FROM sms_alert_history AS i
    UNION ALL
    -- Where the state stays, something was said or held back.
    SELECT
        t.incident_id, t.occurred_at, 2,
        CASE WHEN t.from_state = t.to_state THEN 'decided' ELSE 'state_changed' END, NULL,
        CASE
            WHEN t.from_state = t.to_state THEN t.reason
            ELSE format('%s to %s: %s', coalesce(t.from_state, 'unknown'), coalesce(t.to_state, 'unknown'), t.reason)
        END
    FROM sms_alert_transitions AS t
    WHERE t.incident_id IS NOT NULL
    UNION ALL
    -- "who" is the channel. Of what is not sent yet, and of what was given up, "at" is when it was written.
    SELECT
        n.incident_id, coalesce(n.sent_at, n.created_at), 3,
        CASE n.status
            WHEN 'sent' THEN 'told' WHEN 'failed' THEN 'could_not_tell' WHEN 'suppressed' THEN 'held_back' ELSE 'to_be_told'
        END,
        n.channel,
        concat_ws(
            ', ', n.event || CASE WHEN n.sequence > 0 THEN ' ' || n.sequence ELSE '' END, n.suppressed_reason,
            'silence ' || s.id || ' by ' || s.author || ': ' || s.reason, n.last_error
        )
    FROM sms_alert_notifications AS n
    LEFT JOIN sms_alert_silences AS s ON s.id = n.silence_id
    WHERE n.incident_id IS NOT NULL
    UNION ALL
    SELECT
        i.id, a.at, 4,
        CASE a.action
            WHEN 'acknowledge' THEN 'acknowledged' WHEN 'unacknowledge' THEN 'unacknowledged'
            WHEN 'resolve' THEN 'resolved' WHEN 'escalate' THEN 'escalated'
        END,
        a.actor, concat_ws(', ', CASE a.action WHEN 'escalate' THEN 'to ' || (a.after ->> 'escalated_to') END, a.note)
    FROM sms_alert_history AS i
    INNER JOIN sms_alert_audit AS a ON a.object = 'incident ' || i.id
    UNION ALL
    -- What the engine did, or a person by plain SQL: the audit has no row of it.
    SELECT i.id, done.at, 4, done.what, done.who, ''
    FROM sms_alert_history AS i
    CROSS JOIN LATERAL (
        VALUES
        ('acknowledge', 'acknowledged', i.acknowledged_at, i.acknowledged_by),
        ('escalate', 'escalated', i.escalated_at, i.escalated_by),
        ('resolve', 'resolved', i.resolved_at, i.resolved_by)
    ) AS done (action, what, at, who)
    WHERE
        done.at IS NOT NULL
        AND NOT EXISTS (
            SELECT 1 FROM sms_alert_audit AS a
            WHERE
                a.object = 'incident ' || i.id AND a.action = done.action
                AND (a.after ->> (done.what || '_at'))::timestamptz = done.at
        )
    UNION ALL
    SELECT s.incident_id, silenced.at, 4, silenced.what, silenced.who, silenced.detail
    FROM sms_alert_silences AS s
    CROSS JOIN LATERAL (
        VALUES
        (
            'silenced', s.created_at, s.author,
            format('silence %s until %s UTC: %s', s.id, to_char(s.expires_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI'), s.reason)
        ),
        ('silence_ended', s.ended_at, s.ended_by, format('silence %s', s.id))
    ) AS silenced (what, at, who, detail)
    WHERE s.incident_id IS NOT NULL AND silenced.at IS NOT NULL
) AS e
INNER JOIN sms_alert_history AS h ON h.id = e.incident_id
ORDER BY e.incident_id, e.at, e.place;
COMMENT ON VIEW sms_alert_timeline IS
'All that happened about an incident, in order. what: opened, state_changed, decided, told, to_be_told, held_back, could_not_tell, acknowledged,
unacknowledged, escalated, resolved, silenced, silence_ended. who: a person, or the channel that was told.';
