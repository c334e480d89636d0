-- What a proposed threshold would have said over the stored history. Only ever read by people: no alert depends on it.

CREATE TABLE sms_threshold_replays (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    replayed_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    requested_by text NOT NULL CHECK (requested_by <> ''),
    -- The DAG run that asked for it.
    run_id       text UNIQUE,
    alert_type   text NOT NULL,
    range_start  timestamptz NOT NULL,
    range_end    timestamptz NOT NULL,
    -- Columns of sms_alert_thresholds and their proposed values; {}: the threshold as it was.
    changes      jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(changes) = 'object'),
    -- The threshold as it was when it was replayed.
    threshold    jsonb NOT NULL,
    -- {"current": {…}, "proposed": {…}}: how often and how long it fires, what it catches, how many messages.
    totals       jsonb NOT NULL,
    -- Of the proposed threshold: entity, began, ended (null: still open), worst value, sample, told, incidents.
    firings      jsonb NOT NULL,
    -- The incidents that are known, and how each fared: caught, when, and by how many hours earlier.
    incidents    jsonb NOT NULL,
    -- A Vega-Lite specification.
    chart        jsonb NOT NULL,
    CHECK (range_start < range_end)
);
CREATE INDEX sms_threshold_replays_of_alert ON sms_threshold_replays (alert_type, replayed_at);
COMMENT ON TABLE sms_threshold_replays IS 'What a proposed threshold would have said over the stored history; see the DAG sms_replay_threshold.';
