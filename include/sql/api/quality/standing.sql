-- What the banner has to know of data quality: of each plan the newest run that was finished, and the families whose hour is bad.
SELECT
    r.plan, r.window_end, r.finished_at, r.verdict, r.failed_critical, r.errors,
    ARRAY(SELECT b.family FROM sms_bad_hours AS b WHERE b.metric_hour = %(newest_hour)s::timestamptz ORDER BY b.family) AS bad_families
FROM unnest('{gate,full}'::text []) AS p (plan)
LEFT JOIN LATERAL (
    SELECT n.plan, n.window_end, n.finished_at, n.verdict, n.failed_critical, n.errors
    FROM sms_quality_runs AS n
    WHERE n.plan = p.plan AND n.finished_at IS NOT NULL
    ORDER BY n.window_end DESC, n.started_at DESC
    LIMIT 1
) AS r ON true
