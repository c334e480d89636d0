-- Alerts: what is watched (thresholds), where it stands (state), what was seen (evaluations),
-- what happened (history) and what was said about it (notifications, the outbox).

-- ── Thresholds: edited by people, by SQL ─────────────────────────────────────────────────────

-- One row a channel; a channel is plugins/sms_monitoring/notify/channels/<channel>.py.
CREATE TABLE sms_notification_channels (
    channel     text PRIMARY KEY,
    description text NOT NULL
);

INSERT INTO sms_notification_channels (channel, description) VALUES
    ('slack',     'Slack incoming webhook; Airflow connection sms_monitoring_slack'),
    ('pagerduty', 'PagerDuty Events API v2; Airflow connection sms_monitoring_pagerduty'),
    ('email',     'SMTP; Airflow connection sms_monitoring_smtp');

CREATE TABLE sms_alert_thresholds (
    alert_type           text PRIMARY KEY CHECK (alert_type ~ '^[a-z][a-z0-9_]{0,99}$'),
    threshold_value      numeric NOT NULL CHECK (threshold_value NOT IN ('NaN', 'Infinity', '-Infinity')),
    comparison_operator  text NOT NULL CHECK (comparison_operator IN ('<', '<=', '>', '>=')),
    severity             text NOT NULL CHECK (severity IN ('info', 'warning', 'critical')),
    notification_channel text NOT NULL REFERENCES sms_notification_channels (channel),
    cooldown_minutes     integer NOT NULL DEFAULT 60 CHECK (cooldown_minutes BETWEEN 0 AND 10080),
    enabled              boolean NOT NULL DEFAULT true,
    last_triggered_at    timestamptz,
    -- Guards: a value drawn from fewer samples is insufficient_data; a rate must clear the threshold
    -- with this one-sided confidence. They apply to the sample_size that the alert's SQL reports.
    minimum_sample       integer NOT NULL DEFAULT 30 CHECK (minimum_sample >= 1),
    confidence           numeric NOT NULL DEFAULT 0.95 CHECK (confidence BETWEEN 0.5 AND 0.9999),
    created_at           timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE sms_alert_thresholds IS 'One row an alert type; changes take effect at the next evaluation.';

INSERT INTO sms_alert_thresholds (
    alert_type, threshold_value, comparison_operator, severity, notification_channel, cooldown_minutes, minimum_sample
) VALUES
    ('delivery_rate_critical',  90,  '<', 'critical', 'pagerduty', 60,  30),
    ('llm_failure_critical',    50,  '>', 'critical', 'pagerduty', 30,  30),
    ('llm_cost_spike_warning',  2.0, '>', 'warning',  'slack',     120, 12),  -- sample: hours with a cost
    ('opt_out_rate_warning',    10,  '>', 'warning',  'slack',     240, 30),  -- sample: users, as below
    ('daily_limit_hit_warning', 20,  '>', 'warning',  'slack',     180, 30);


-- ── Incidents ────────────────────────────────────────────────────────────────────────────────

CREATE TABLE sms_alert_history (
    id              uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    alert_type      text NOT NULL,
    entity          text NOT NULL DEFAULT 'all',
    severity        text NOT NULL,
    triggered_at    timestamptz NOT NULL,
    acknowledged_at timestamptz,
    acknowledged_by text,
    resolved_at     timestamptz,
    resolved_by     text,
    metric_value    numeric NOT NULL,
    threshold_value numeric NOT NULL,
    sample_size     bigint NOT NULL,
    message         text NOT NULL,
    details         jsonb NOT NULL DEFAULT '{}',
    window_start    timestamptz NOT NULL,
    window_end      timestamptz NOT NULL,
    CHECK (resolved_at IS NULL OR resolved_by IS NOT NULL),
    CHECK (acknowledged_at IS NULL OR acknowledged_by IS NOT NULL)
);
CREATE UNIQUE INDEX sms_alert_history_one_open ON sms_alert_history (alert_type, entity) WHERE resolved_at IS NULL;
CREATE INDEX sms_alert_history_triggered ON sms_alert_history (triggered_at);


-- ── State and evaluations ────────────────────────────────────────────────────────────────────

CREATE TABLE sms_alert_state (
    alert_type     text NOT NULL,
    entity         text NOT NULL DEFAULT 'all',
    state          text NOT NULL CHECK (state IN ('ok', 'firing', 'no_data', 'insufficient_data', 'error')),
    since          timestamptz NOT NULL,
    -- The open incident, also while its data is missing: no data resolves nothing.
    incident_id    uuid REFERENCES sms_alert_history (id),
    -- When a trigger was last put in the outbox: what the cooldown counts from.
    last_announced_at timestamptz,
    -- End of the newest window judged; an older window never changes the state.
    evaluated_through timestamptz NOT NULL,
    PRIMARY KEY (alert_type, entity)
);

CREATE TABLE sms_alert_evaluations (
    window_end      timestamptz NOT NULL,
    window_start    timestamptz NOT NULL,
    alert_type      text NOT NULL,
    entity          text NOT NULL DEFAULT 'all',
    value           numeric,
    sample_size     bigint,
    -- The bound that was compared with the threshold: the confidence bound of a rate, else the value.
    judged_value    numeric,
    threshold_value numeric,
    verdict         text NOT NULL CHECK (verdict IN ('ok', 'breach', 'no_data', 'insufficient_data', 'error')),
    reason          text NOT NULL,
    replayed        boolean NOT NULL,
    incident_id     uuid,
    details         jsonb NOT NULL DEFAULT '{}',
    evaluated_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (window_end, alert_type, entity, evaluated_at)
) PARTITION BY RANGE (window_end);

INSERT INTO sms_retention_policies (table_name, partition_period, keep_days) VALUES
    ('sms_alert_evaluations', 'month', 400);


-- ── The outbox ───────────────────────────────────────────────────────────────────────────────

CREATE TABLE sms_alert_notifications (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    incident_id     uuid REFERENCES sms_alert_history (id),
    event           text NOT NULL CHECK (event IN ('trigger', 'resolve', 'test')),
    channel         text NOT NULL REFERENCES sms_notification_channels (channel),
    -- Stable for all events of one incident; PagerDuty folds what carries the same key.
    dedup_key       text NOT NULL CHECK (length(dedup_key) BETWEEN 1 AND 255),
    -- Neutral to channels: see sms_monitoring.notify.message.Message.
    message         jsonb NOT NULL,
    status          text NOT NULL DEFAULT 'pending'
        CHECK (status IN ('pending', 'sending', 'sent', 'failed', 'suppressed')),
    suppressed_reason text,
    attempts        integer NOT NULL DEFAULT 0,
    next_attempt_at timestamptz NOT NULL DEFAULT now(),
    claimed_by      text,
    lease_until     timestamptz,
    last_error      text,
    created_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    sent_at         timestamptz,
    CHECK ((status = 'suppressed') = (suppressed_reason IS NOT NULL)),
    CHECK ((status = 'sent') = (sent_at IS NOT NULL)),
    CHECK (event = 'test' OR incident_id IS NOT NULL)
);
CREATE UNIQUE INDEX sms_alert_notifications_once ON sms_alert_notifications (incident_id, channel, event)
    WHERE status NOT IN ('suppressed', 'failed');
CREATE INDEX sms_alert_notifications_due ON sms_alert_notifications (channel, next_attempt_at, id)
    WHERE status IN ('pending', 'sending');


-- ── Reading ──────────────────────────────────────────────────────────────────────────────────

-- Where every alert type stands, as the newest evaluation left it.
CREATE FUNCTION check_sms_alerts() RETURNS TABLE (
    alert_type text, entity text, is_triggered boolean, state text, current_value numeric, sample_size bigint,
    threshold_value numeric, comparison_operator text, severity text, notification_channel text,
    reason text, window_start timestamptz, window_end timestamptz, incident_id uuid, last_triggered_at timestamptz
)
LANGUAGE sql STABLE SET search_path FROM CURRENT AS $$
    SELECT
        t.alert_type, coalesce(s.entity, 'all'), coalesce(s.incident_id IS NOT NULL, false),
        CASE WHEN NOT t.enabled THEN 'disabled' ELSE coalesce(s.state, 'never_evaluated') END,
        e.value, e.sample_size, t.threshold_value, t.comparison_operator, t.severity, t.notification_channel,
        coalesce(e.reason, 'no evaluation stored yet'), e.window_start, e.window_end, s.incident_id, t.last_triggered_at
    FROM sms_alert_thresholds AS t
    LEFT JOIN sms_alert_state AS s ON s.alert_type = t.alert_type
    LEFT JOIN LATERAL (
        SELECT * FROM sms_alert_evaluations AS x
        WHERE x.alert_type = s.alert_type AND x.entity = s.entity AND x.window_end = s.evaluated_through
        ORDER BY x.evaluated_at DESC
        LIMIT 1
    ) AS e ON true
    ORDER BY t.alert_type, s.entity
$$;
COMMENT ON FUNCTION check_sms_alerts() IS 'Where every alert type stands, as the newest evaluation left it.';


-- ── Sent once ────────────────────────────────────────────────────────────────────────────────

-- One row a local day and recipient list; see sms_monitoring.digest.send.
CREATE TABLE sms_digest_log (
    digest_date date NOT NULL,
    -- Sorted, lower case, each once, joined by commas.
    recipients  text NOT NULL,
    status      text NOT NULL CHECK (status IN ('sending', 'failed', 'sent')),
    -- The same for every attempt, so that a mail program folds a mail that came twice.
    message_id  uuid NOT NULL DEFAULT gen_random_uuid(),
    attempts    integer NOT NULL DEFAULT 1,
    claimed_by  text NOT NULL,
    lease_until timestamptz NOT NULL,
    -- Why the last attempt failed; of a sent digest, who of the recipients was refused.
    last_error  text,
    sent_at     timestamptz,
    CHECK ((status = 'sent') = (sent_at IS NOT NULL)),
    PRIMARY KEY (digest_date, recipients)
);
