-- One run of quality checks.
SELECT
    id, plan, window_start, window_end, started_at, finished_at, verdict, checks, failed_critical, failed_warning, errors, error,
    dag_run_id, now() AS read_at
FROM sms_quality_runs
WHERE id = %(run_id)s
