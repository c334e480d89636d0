-- How the newest runs of each plan ended, one a stretch of time: of several the one that was finished, then the last.
SELECT p.plan, h.id AS run_id, h.window_start, h.window_end, h.verdict
FROM (VALUES ('gate', %(hours)s::integer), ('full', %(days)s::integer)) AS p (plan, most)
CROSS JOIN LATERAL (
    SELECT DISTINCT ON (r.window_end) r.id, r.window_start, r.window_end, r.verdict
    FROM sms_quality_runs AS r
    -- What is running has not ended; what never ended was killed.
    WHERE r.plan = p.plan AND (r.finished_at IS NOT NULL OR r.started_at < now() - interval '30 minutes')
    ORDER BY r.window_end DESC, r.finished_at IS NULL ASC, r.started_at DESC
    LIMIT p.most
) AS h
ORDER BY p.plan ASC, h.window_end ASC
