-- 1 where a DAG is paused, 0 where it is not. What Airflow was last asked more than two hours ago is no knowledge.
-- A DAG of which only the ends of its runs are known was never asked about: the watchdog's own, and those run by hand.
SELECT
    dag_id AS entity,
    CASE WHEN observed_at >= %(now)s - interval '2 hours' THEN is_paused::integer END AS value,
    1 AS sample_size,
    jsonb_build_object(
        'Last run ended', coalesce(to_char(last_run_ended_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI') || ' UTC', 'never')
    ) AS details
FROM sms_dag_status
WHERE is_paused IS NOT NULL
