-- Runs that are done, the newest first.
SELECT
    id, plan, window_start, window_end, started_at, finished_at, verdict, checks, failed_critical, failed_warning, errors,
    error
FROM sms_quality_runs
WHERE plan = %(plan)s AND finished_at IS NOT NULL
ORDER BY started_at DESC
LIMIT %(most)s
