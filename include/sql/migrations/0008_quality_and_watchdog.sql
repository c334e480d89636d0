-- Data quality (what was checked, what came of it, which hours are bad) and the watchdog's alert types.

-- ── What was checked ─────────────────────────────────────────────────────────────────────────

-- One row a run of a plan: the hourly gate over one hour, or the full run of a day.
CREATE TABLE sms_quality_runs (
    id              uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    plan            text NOT NULL CHECK (plan IN ('gate', 'full')),
    window_start    timestamptz NOT NULL,
    window_end      timestamptz NOT NULL CHECK (window_end > window_start),
    started_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- Null while it runs, and for ever where it was killed: a run without an end has shown nothing.
    finished_at     timestamptz,
    -- critical and warning: the gravest check that failed. error: a check could not be run, or none could.
    verdict         text CHECK (verdict IN ('passed', 'warning', 'critical', 'error')),
    checks          integer NOT NULL DEFAULT 0,
    failed_critical integer NOT NULL DEFAULT 0,
    failed_warning  integer NOT NULL DEFAULT 0,
    errors          integer NOT NULL DEFAULT 0,
    -- Why the run as a whole ended early.
    error           text,
    -- Airflow's run that asked for it; null: a person's command.
    dag_run_id      text,
    CHECK ((finished_at IS NULL) = (verdict IS NULL))
);
CREATE INDEX sms_quality_runs_newest ON sms_quality_runs (plan, window_end DESC, started_at DESC);
COMMENT ON TABLE sms_quality_runs IS 'One row a run of the data quality checks: the hourly gate, or the daily full run.';

CREATE TABLE sms_quality_results (
    run_id           uuid NOT NULL REFERENCES sms_quality_runs (id) ON DELETE CASCADE,
    suite            text NOT NULL,
    check_name       text NOT NULL,
    -- The class of Great Expectations, and what it was given.
    expectation      text NOT NULL,
    expected         jsonb NOT NULL DEFAULT '{}',
    severity         text NOT NULL CHECK (severity IN ('critical', 'warning')),
    status           text NOT NULL CHECK (status IN ('passed', 'failed', 'error')),
    observed         jsonb,
    element_count    bigint,
    unexpected_count bigint,
    -- At most 20 rows that failed, masked: no phone number, no text of a message, no name.
    failing_rows     jsonb NOT NULL DEFAULT '[]'
        CHECK (jsonb_typeof(failing_rows) = 'array' AND jsonb_array_length(failing_rows) <= 20),
    reason           text NOT NULL,
    owner            text NOT NULL,
    -- The metric families whose numbers are in doubt when this fails; none: of no single one.
    families         text [] NOT NULL DEFAULT '{}',
    -- Why it could not be run.
    error            text,
    stored_at        timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (run_id, suite, check_name),
    CHECK ((status = 'error') = (error IS NOT NULL))
);
CREATE INDEX sms_quality_results_newest ON sms_quality_results (stored_at, run_id, suite, check_name);
COMMENT ON TABLE sms_quality_results IS 'What each data quality check found; failing rows are a masked sample.';

-- Hours whose numbers failed a critical check of the gate: alerts on these families have no data there.
-- The next gate run over the hour that finds nothing takes it off again.
CREATE TABLE sms_bad_hours (
    family      text NOT NULL,
    metric_hour timestamptz NOT NULL CHECK (metric_hour = date_trunc('hour', metric_hour, 'UTC')),
    marked_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    run_id      uuid REFERENCES sms_quality_runs (id) ON DELETE SET NULL,
    -- Names of the checks that failed.
    checks      text [] NOT NULL,
    PRIMARY KEY (family, metric_hour)
);
COMMENT ON TABLE sms_bad_hours IS 'Hours whose numbers are not to be judged, and the checks that say so.';


-- ── What is known of the DAGs ────────────────────────────────────────────────────────────────

-- Written by the watchdog (what Airflow says) and by failure callbacks; read by its alert types.
CREATE TABLE sms_dag_status (
    dag_id            text PRIMARY KEY,
    is_paused         boolean,
    last_run_id       text,
    last_run_state    text,
    last_run_ended_at timestamptz,
    -- Runs in a row that failed, up to now.
    failures_in_a_row integer NOT NULL DEFAULT 0 CHECK (failures_in_a_row >= 0),
    -- Whether people were told that it failed, and not yet that it works again: only callbacks know.
    failure_told      boolean NOT NULL DEFAULT false,
    observed_at       timestamptz NOT NULL
);
COMMENT ON TABLE sms_dag_status IS 'What Airflow last said of the bundle''s DAGs; the watchdog renews it.';


-- ── Thresholds ───────────────────────────────────────────────────────────────────────────────

INSERT INTO sms_alert_thresholds (
    alert_type, threshold_value, comparison_operator, severity, notification_channel, cooldown_minutes,
    minimum_sample, recovery_evaluations, owner, additional_channels, repeat_interval_minutes
) VALUES
    -- Critical checks that failed, or could not be run, by metric family.
    ('data_quality_critical', 0, '>', 'critical', 'slack', 60, 1, 1, 'data-engineering', '{}', NULL),
    -- The watchdog's. Minutes since the end of the newest aggregated hour, by family: 60 is usual, just before the next.
    ('aggregation_late', 95, '>', 'critical', 'pagerduty', 60, 1, 1, 'data-engineering', '{slack}', 240),
    -- Minutes since the daily view was refreshed.
    ('view_refresh_late', 95, '>', 'warning', 'slack', 120, 1, 1, 'data-engineering', '{}', NULL),
    -- Minutes since the newest evaluation, by enabled alert type.
    ('evaluations_missing', 95, '>', 'critical', 'pagerduty', 60, 1, 1, 'data-engineering', '{slack}', 240),
    -- Age in minutes of the oldest notification that is due, by channel.
    ('outbox_stuck', 20, '>', 'critical', 'pagerduty', 60, 1, 1, 'data-engineering', '{slack}', 240),
    -- Notifications that wait after three or more failed attempts, by channel.
    ('outbox_failing', 0, '>', 'warning', 'slack', 60, 1, 1, 'data-engineering', '{}', NULL),
    -- Notifications given up for good in the last 24 hours, by channel.
    ('dead_letters_growing', 2, '>', 'warning', 'slack', 240, 1, 1, 'data-engineering', '{}', NULL),
    -- Days from today for which partitions are there without a gap, by table.
    ('partitions_missing', 2, '<', 'critical', 'pagerduty', 240, 1, 1, 'data-engineering', '{slack}', NULL),
    -- 1: paused, by DAG.
    ('dag_paused', 0, '>', 'warning', 'slack', 240, 1, 1, 'data-engineering', '{}', NULL),
    -- Runs in a row that failed, by DAG.
    ('dag_failing', 1, '>', 'critical', 'pagerduty', 60, 1, 1, 'data-engineering', '{slack}', NULL),
    -- Facts that usually come in the time since the newest one came, by source view.
    ('source_silent', 50, '>', 'critical', 'pagerduty', 60, 1, 1, 'data-engineering', '{slack}', NULL),
    -- Seconds between the clocks of the database and of the worker.
    ('clock_skew', 30, '>', 'warning', 'slack', 240, 1, 1, 'data-engineering', '{}', NULL),
    -- Hours by which the newest finished run of a plan of quality checks is overdue, by plan.
    ('quality_checks_late', 2, '>', 'warning', 'slack', 240, 1, 1, 'data-engineering', '{}', NULL);


-- ── What the watchdog's alerts hold back ─────────────────────────────────────────────────────

INSERT INTO sms_alert_inhibitions (source_alert_type, target_alert_type, reason) VALUES
    -- One incident a family: the first one names them all.
    ('aggregation_late', 'aggregation_late',    'one page for an hourly run that does not come; its details name every family'),
    ('aggregation_late', 'evaluations_missing', 'without new hours nothing is evaluated'),
    ('aggregation_late', 'view_refresh_late',   'without new hours there is nothing to refresh'),
    ('aggregation_late', 'quality_checks_late', 'without new hours there is nothing to check');

-- Lost notifications are counted every ten minutes.
CREATE INDEX sms_alert_notifications_lost ON sms_alert_notifications (channel, created_at) WHERE status = 'failed';
