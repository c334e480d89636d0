-- Notes the end of a scheduled run, unless a later one is on record. One row: what was on record of the DAG before.
WITH before AS (
    SELECT
        last_run_id,
        last_run_state,
        last_run_ended_at,
        failures_in_a_row,
        failure_told
    FROM sms_dag_status
    WHERE dag_id = %(dag_id)s
),
noted AS (
    INSERT INTO sms_dag_status AS s (
        dag_id, last_run_id, last_run_state, last_run_ended_at, failures_in_a_row, failure_told, observed_at
    ) VALUES (
        %(dag_id)s, %(run_id)s, %(state)s, %(ended_at)s, (%(state)s = 'failed')::integer, %(state)s = 'failed', now()
    )
    ON CONFLICT (dag_id) DO UPDATE SET
        last_run_id = excluded.last_run_id,
        last_run_state = excluded.last_run_state,
        last_run_ended_at = excluded.last_run_ended_at,
        failures_in_a_row = CASE
            WHEN excluded.last_run_state <> 'failed' THEN 0
            -- Said before, by the watchdog.
            WHEN s.last_run_id = excluded.last_run_id AND s.last_run_state = 'failed' THEN s.failures_in_a_row
            ELSE s.failures_in_a_row + 1
        END,
        failure_told = excluded.failure_told,
        observed_at = excluded.observed_at
    WHERE s.last_run_ended_at IS NULL OR s.last_run_ended_at <= excluded.last_run_ended_at
    RETURNING s.dag_id
)
SELECT
    CASE
        -- A DAG that was never heard of was not failing: its first success is no news to anybody.
        WHEN NOT EXISTS (SELECT FROM before) THEN 'well'
        ELSE (
            SELECT
                CASE
                    WHEN last_run_ended_at > %(ended_at)s AND last_run_id <> %(run_id)s
                        THEN CASE last_run_state WHEN 'success' THEN 'later_success' ELSE 'later_failure' END
                    WHEN failure_told OR failures_in_a_row > 0 THEN 'failing'
                    -- The watchdog noted this very run first, and with it that the failures are over.
                    WHEN last_run_id = %(run_id)s AND last_run_state = 'success' THEN 'unknown'
                    ELSE 'well'
                END
            FROM before
        )
    END AS was,
    EXISTS (SELECT FROM noted) AS noted;
