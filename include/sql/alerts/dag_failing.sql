-- Runs in a row that failed, by DAG. What Airflow was last asked more than two hours ago is no knowledge.
SELECT
    dag_id AS entity,
    CASE WHEN observed_at >= %(now)s - interval '2 hours' THEN failures_in_a_row END AS value,
    1 AS sample_size,
    jsonb_build_object('Last run', coalesce(last_run_id || ': ' || last_run_state, 'none')) AS details
FROM sms_dag_status
