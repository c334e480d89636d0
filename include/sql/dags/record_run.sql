-- Notes the end of a scheduled run, unless a later one is on record. One row: was_failing says whether the DAG's last
-- run before this one failed, or people were told so; null where that is not known (the row tells of this run already, by
-- the watchdog, or of a later one).
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
        WHEN NOT EXISTS (SELECT FROM before) THEN false
        ELSE (
            SELECT failure_told OR failures_in_a_row > 0
            FROM before
            WHERE last_run_id IS NULL
                OR (
                    (failure_told OR NOT (last_run_id = %(run_id)s AND last_run_state = 'success'))
                    AND (last_run_ended_at IS NULL OR last_run_ended_at <= %(ended_at)s)
                )
        )
    END AS was_failing,
    EXISTS (SELECT FROM noted) AS noted;
