-- The whole lifecycle of an alert: pending and recovering states, widening windows, repeats, escalation,
-- a log of transitions.

-- ── Channels ─────────────────────────────────────────────────────────────────────────────────

ALTER TABLE sms_notification_channels
    -- Where it is told that this channel could not deliver; null: nowhere but in the log.
    ADD COLUMN fallback_channel text REFERENCES sms_notification_channels (channel),
    -- Whether it is told that a person acknowledged an incident.
    ADD COLUMN carries_acknowledgements boolean NOT NULL DEFAULT false,
    ADD CONSTRAINT sms_notification_channels_fallback_is_another CHECK (fallback_channel <> channel);

INSERT INTO sms_notification_channels (channel, description) VALUES
    ('sms',     'Text message through Twilio; Airflow connection sms_monitoring_sms'),
    ('webhook', 'Signed HTTP POST; Airflow connection sms_monitoring_webhook')
ON CONFLICT DO NOTHING;

UPDATE sms_notification_channels AS c
SET
    -- Null where a deployment has removed the other one.
    fallback_channel = (
        SELECT o.channel FROM sms_notification_channels AS o
        WHERE o.channel = CASE c.channel WHEN 'slack' THEN 'email' ELSE 'slack' END
    ),
    carries_acknowledgements = channel IN ('pagerduty', 'slack', 'webhook')
WHERE channel IN ('slack', 'pagerduty', 'email', 'sms', 'webhook');


-- ── Thresholds ───────────────────────────────────────────────────────────────────────────────

ALTER TABLE sms_alert_thresholds
    -- Breaches in a row before it fires (Prometheus' "for"), and good evaluations in a row before it is over.
    ADD COLUMN pending_evaluations integer NOT NULL DEFAULT 1 CHECK (pending_evaluations BETWEEN 1 AND 168),
    ADD COLUMN recovery_evaluations integer NOT NULL DEFAULT 2 CHECK (recovery_evaluations BETWEEN 1 AND 168),
    -- While it fires, a value is good only on this side of it (hysteresis); null: of threshold_value.
    ADD COLUMN recovery_threshold numeric CHECK (recovery_threshold NOT IN ('NaN', 'Infinity', '-Infinity')),
    -- A rate whose sample is too small is judged over twice the time, four times …, up to this.
    ADD COLUMN widen_to_hours integer NOT NULL DEFAULT 24 CHECK (widen_to_hours BETWEEN 0 AND 2160),
    -- Beyond that up to this, a smaller sample will do: little traffic that fails for days is no less broken.
    ADD COLUMN long_window_hours integer NOT NULL DEFAULT 192 CHECK (long_window_hours BETWEEN 0 AND 2160),
    ADD COLUMN long_window_minimum_sample integer NOT NULL DEFAULT 10 CHECK (long_window_minimum_sample >= 1),
    -- What no data means: a breach, nothing (the state says so), or that all is well.
    ADD COLUMN no_data_policy text NOT NULL DEFAULT 'keep' CHECK (no_data_policy IN ('alert', 'keep', 'ok')),
    -- Judge the hour that ended so many hours before the newest one, for data that arrive late.
    ADD COLUMN evaluation_delay_hours integer NOT NULL DEFAULT 0 CHECK (evaluation_delay_hours BETWEEN 0 AND 168),
    -- Say it again so often while it fires and nobody has acknowledged it; null: never.
    ADD COLUMN repeat_interval_minutes integer CHECK (repeat_interval_minutes BETWEEN 5 AND 43200),
    -- Whom else to tell when nobody has acknowledged it in that time.
    ADD COLUMN escalation_channel text REFERENCES sms_notification_channels (channel),
    ADD COLUMN escalate_after_minutes integer CHECK (escalate_after_minutes BETWEEN 1 AND 43200),
    -- Told together with notification_channel.
    ADD COLUMN additional_channels text [] NOT NULL DEFAULT '{}'
        CHECK (coalesce(array_ndims(additional_channels), 1) = 1),
    ADD COLUMN owner text CHECK (owner ~ '\S'),
    ADD COLUMN runbook_url text CHECK (runbook_url ~ '^https?://[^\s/]+'),
    ADD CONSTRAINT sms_alert_thresholds_recovery_is_healthy CHECK (
        recovery_threshold IS NULL
        OR (comparison_operator LIKE '<%' AND recovery_threshold >= threshold_value)
        OR (comparison_operator LIKE '>%' AND recovery_threshold <= threshold_value)
    ),
    ADD CONSTRAINT sms_alert_thresholds_escalation_is_whole CHECK (
        (escalation_channel IS NULL) = (escalate_after_minutes IS NULL)
    );

CREATE FUNCTION sms_check_additional_channels() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    v_unknown text;
BEGIN
    SELECT string_agg(coalesce(quote_literal(c.channel), 'NULL'), ', ') INTO v_unknown
    FROM unnest(NEW.additional_channels) AS c (channel)
    WHERE NOT EXISTS (SELECT 1 FROM sms_notification_channels AS n WHERE n.channel = c.channel);
    IF v_unknown IS NOT NULL THEN
        RAISE foreign_key_violation USING
            MESSAGE = format('additional_channels of %L names no channel: %s', NEW.alert_type, v_unknown),
            HINT = 'Channels are the rows of sms_notification_channels.';
    END IF;
    RETURN NEW;
END
$$;

-- What a foreign key would see to, if an array could have one.
CREATE FUNCTION sms_keep_channel_in_use() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    v_users text;
BEGIN
    SELECT string_agg(alert_type, ', ' ORDER BY alert_type) INTO v_users
    FROM sms_alert_thresholds
    WHERE OLD.channel = ANY (additional_channels);
    IF v_users IS NOT NULL THEN
        RAISE foreign_key_violation USING
            MESSAGE = format('channel %L is in use by additional_channels of: %s', OLD.channel, v_users),
            HINT = 'Take it out of additional_channels in sms_alert_thresholds first.';
    END IF;
    RETURN coalesce(NEW, OLD);
END
$$;

CREATE TRIGGER sms_keep_channel_in_use BEFORE DELETE OR UPDATE OF channel ON sms_notification_channels
FOR EACH ROW EXECUTE FUNCTION sms_keep_channel_in_use();

CREATE TRIGGER sms_check_additional_channels BEFORE INSERT OR UPDATE OF additional_channels ON sms_alert_thresholds
FOR EACH ROW EXECUTE FUNCTION sms_check_additional_channels();


-- ── Incidents ────────────────────────────────────────────────────────────────────────────────

ALTER TABLE sms_alert_history
    -- The judgement that opened it: past_threshold; no_rows and the like where no data is a breach.
    ADD COLUMN cause text NOT NULL DEFAULT 'past_threshold',
    -- When people were first told, and when and how often again since.
    ADD COLUMN announced_at timestamptz,
    ADD COLUMN reminded_at timestamptz,
    ADD COLUMN reminders integer NOT NULL DEFAULT 0,
    ADD COLUMN escalated_at timestamptz,
    ADD COLUMN escalated_by text,
    ADD COLUMN escalated_to text REFERENCES sms_notification_channels (channel),
    -- Of missing data, and of what is no measurement, there is no value.
    ALTER COLUMN metric_value DROP NOT NULL,
    ALTER COLUMN threshold_value DROP NOT NULL,
    ALTER COLUMN sample_size DROP NOT NULL,
    ALTER COLUMN window_start DROP NOT NULL,
    ALTER COLUMN window_end DROP NOT NULL,
    ADD CONSTRAINT sms_alert_history_escalation_is_whole CHECK (
        (escalated_at IS NULL) = (escalated_by IS NULL) AND (escalated_at IS NULL) = (escalated_to IS NULL)
    );
CREATE INDEX sms_alert_history_open ON sms_alert_history (alert_type, severity) WHERE resolved_at IS NULL;
CREATE INDEX sms_alert_history_resolved ON sms_alert_history (resolved_at) WHERE resolved_at IS NOT NULL;
CREATE INDEX sms_alert_history_alert_type ON sms_alert_history (alert_type, triggered_at);
-- Incidents of before: told when they were triggered, if they were told at all.
UPDATE sms_alert_history AS h SET announced_at = h.triggered_at
WHERE EXISTS (
    SELECT 1 FROM sms_alert_notifications AS n
    WHERE n.incident_id = h.id AND n.event = 'trigger' AND n.status NOT IN ('suppressed', 'failed')
);


-- ── State, evaluations, transitions ──────────────────────────────────────────────────────────

ALTER TABLE sms_alert_state
    DROP CONSTRAINT sms_alert_state_state_check,
    ADD CONSTRAINT sms_alert_state_state_check CHECK (
        state IN ('ok', 'pending', 'firing', 'recovering', 'no_data', 'insufficient_data', 'error')
    ),
    -- Breaches, and good values while an incident is open, in a row; evaluations that know nothing do not count.
    ADD COLUMN breaches integer NOT NULL DEFAULT 0,
    ADD COLUMN healthy integer NOT NULL DEFAULT 0,
    -- The same before the newest window: what judging that window again starts from.
    ADD COLUMN breaches_before integer NOT NULL DEFAULT 0,
    ADD COLUMN healthy_before integer NOT NULL DEFAULT 0,
    -- A widened window does not reach back into an incident that is over.
    ADD COLUMN clear_since timestamptz,
    -- When a row of its own was last observed: an entity gone for long is forgotten.
    ADD COLUMN last_seen_at timestamptz;

CREATE INDEX sms_alert_state_of_incident ON sms_alert_state (incident_id) WHERE incident_id IS NOT NULL;

ALTER TABLE sms_alert_evaluations
    -- What decided: an alert with pending evaluations may breach without firing.
    ADD COLUMN state text;

-- The order in which an alert's newest evaluations are looked up.
CREATE INDEX sms_alert_evaluations_newest ON sms_alert_evaluations (alert_type, entity, window_end DESC);

CREATE TABLE sms_alert_transitions (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    occurred_at timestamptz NOT NULL,
    alert_type  text NOT NULL,
    entity      text NOT NULL,
    from_state  text,
    to_state    text,
    -- See sms_monitoring.alerts.model.Cause.
    reason      text NOT NULL CHECK (reason IN (
        'first', 'pending', 'cleared', 'new', 'recovering', 'relapsed', 'resolved', 'resolved_by_person', 'disabled',
        'no_data', 'insufficient_sample', 'error', 'data_back',
        'cooldown', 'silenced', 'muted', 'inhibited', 'announced', 'repeated', 'escalated', 'acknowledged', 'replayed'
    )),
    incident_id uuid REFERENCES sms_alert_history (id),
    -- End of the window that was judged; null where a person or the clock brought it about.
    window_end  timestamptz
);
CREATE INDEX sms_alert_transitions_of_entity ON sms_alert_transitions (alert_type, entity, occurred_at);
CREATE INDEX sms_alert_transitions_of_incident ON sms_alert_transitions (incident_id) WHERE incident_id IS NOT NULL;
COMMENT ON TABLE sms_alert_transitions IS 'Every change of an alert''s state, and why something was said or held back.';


-- ── The outbox ───────────────────────────────────────────────────────────────────────────────

ALTER TABLE sms_alert_notifications
    DROP CONSTRAINT sms_alert_notifications_event_check,
    ADD CONSTRAINT sms_alert_notifications_event_check CHECK (
        event IN ('trigger', 'repeat', 'escalate', 'acknowledge', 'resolve', 'test', 'notice')
    ),
    DROP CONSTRAINT sms_alert_notifications_check2,
    ADD CONSTRAINT sms_alert_notifications_has_incident CHECK (
        event IN ('test', 'notice') OR incident_id IS NOT NULL
    ),
    ADD CONSTRAINT sms_alert_notifications_suppressed_reason_check CHECK (
        suppressed_reason IN ('cooldown', 'silenced', 'muted', 'inhibited', 'trigger_not_delivered', 'superseded')
    ),
    -- The n-th repeat or escalation of one incident.
    ADD COLUMN sequence integer NOT NULL DEFAULT 0 CHECK (sequence >= 0),
    -- The silence or mute window that held it back.
    ADD COLUMN silence_id bigint;

CREATE INDEX sms_alert_notifications_of_incident ON sms_alert_notifications (incident_id, event);
DROP INDEX sms_alert_notifications_once;
CREATE UNIQUE INDEX sms_alert_notifications_once ON sms_alert_notifications (incident_id, channel, event, sequence)
WHERE status NOT IN ('suppressed', 'failed');


-- ── Reading ──────────────────────────────────────────────────────────────────────────────────

DROP FUNCTION check_sms_alerts();
CREATE FUNCTION check_sms_alerts() RETURNS TABLE (
    alert_type text, entity text, is_triggered boolean, state text, current_value numeric, sample_size bigint,
    threshold_value numeric, comparison_operator text, severity text, notification_channel text,
    reason text, window_start timestamptz, window_end timestamptz, incident_id uuid, last_triggered_at timestamptz,
    state_since timestamptz, acknowledged_by text, owner text, runbook_url text
)
LANGUAGE sql STABLE SET search_path FROM CURRENT AS $$
    SELECT
        t.alert_type, coalesce(s.entity, 'all'), h.id IS NOT NULL,
        CASE WHEN NOT t.enabled THEN 'disabled' ELSE coalesce(s.state, 'never_evaluated') END,
        e.value, e.sample_size, t.threshold_value, t.comparison_operator, t.severity, t.notification_channel,
        coalesce(e.reason, 'no evaluation stored yet'), e.window_start, e.window_end, h.id, t.last_triggered_at,
        s.since, h.acknowledged_by, t.owner, t.runbook_url
    FROM sms_alert_thresholds AS t
    LEFT JOIN sms_alert_state AS s ON s.alert_type = t.alert_type
    -- A person may have resolved it since.
    LEFT JOIN sms_alert_history AS h ON h.id = s.incident_id AND h.resolved_at IS NULL
    LEFT JOIN LATERAL (
        SELECT * FROM sms_alert_evaluations AS x
        WHERE x.alert_type = s.alert_type AND x.entity = s.entity AND x.window_end = s.evaluated_through
        ORDER BY x.evaluated_at DESC
        LIMIT 1
    ) AS e ON true
    ORDER BY t.alert_type, s.entity
$$;
COMMENT ON FUNCTION check_sms_alerts() IS 'Where every alert type stands, as the newest evaluation left it.';
