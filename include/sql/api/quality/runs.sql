-- Runs of quality checks, the newest first: of a plan, with a verdict, behind a row (null: of all, with any, from the first).
SELECT
    id, plan, window_start, window_end, started_at, finished_at, verdict, checks, failed_critical, failed_warning, errors, error,
    dag_run_id, now() AS read_at
FROM sms_quality_runs
WHERE
    (%(plan)s::text IS NULL OR plan = %(plan)s::text)
    AND (%(verdict)s::text IS NULL OR verdict = %(verdict)s::text)
    AND (%(before)s::timestamptz IS NULL OR (started_at, id) < (%(before)s::timestamptz, %(before_id)s::uuid))
ORDER BY started_at DESC, id DESC
LIMIT %(row_limit)s
