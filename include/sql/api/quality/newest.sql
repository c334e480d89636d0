-- Of each plan the run over the newest time that was finished, and what began after it and was not.
SELECT r.*, now() AS read_at
FROM unnest('{gate,full}'::text []) AS p (plan)
LEFT JOIN LATERAL (
    SELECT n.started_at, n.id
    FROM sms_quality_runs AS n
    WHERE n.plan = p.plan AND n.finished_at IS NOT NULL
    ORDER BY n.window_end DESC, n.started_at DESC
    LIMIT 1
) AS newest ON true
CROSS JOIN LATERAL (
    (SELECT f.* FROM sms_quality_runs AS f WHERE f.id = newest.id)
    UNION ALL
    (
        SELECT b.* FROM sms_quality_runs AS b
        WHERE b.plan = p.plan AND b.finished_at IS NULL AND b.started_at > coalesce(newest.started_at, '-infinity')
        ORDER BY b.started_at DESC
        LIMIT 1
    )
) AS r
