-- What Airflow says of a DAG now; a look that is older than what is known changes nothing, unless a clock was wrong.
INSERT INTO sms_dag_status AS s (
    dag_id, is_paused, last_run_id, last_run_state, last_run_ended_at, failures_in_a_row, observed_at
) VALUES (
    %(dag_id)s, %(is_paused)s, %(last_run_id)s, %(last_run_state)s, %(last_run_ended_at)s::timestamptz,
    %(failures_in_a_row)s, %(observed_at)s
)
ON CONFLICT (dag_id) DO UPDATE
SET is_paused = excluded.is_paused,
    (last_run_id, last_run_state, last_run_ended_at, failures_in_a_row) = (
        -- A run that is known to have failed and that Airflow does not count among the ended ones is being run again,
        -- which somebody cleared: it has not succeeded yet, and whoever was told is still to be told that it did.
        SELECT k.last_run_id, k.last_run_state, k.last_run_ended_at, k.failures_in_a_row
        FROM (VALUES
            (1, excluded.last_run_id, excluded.last_run_state, excluded.last_run_ended_at, excluded.failures_in_a_row),
            (2, s.last_run_id, s.last_run_state, s.last_run_ended_at, s.failures_in_a_row)
        ) AS k (rank, last_run_id, last_run_state, last_run_ended_at, failures_in_a_row)
        ORDER BY k.last_run_ended_at DESC NULLS LAST, k.rank ASC
        LIMIT 1
    ),
    observed_at = excluded.observed_at
WHERE s.observed_at <= excluded.observed_at OR s.observed_at > clock_timestamp()
