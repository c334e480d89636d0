-- Runs of the quality checks that found something critical, could not be run, or did not end.
SELECT
    r.plan, r.window_end, coalesce(r.verdict, 'not finished') AS verdict,
    coalesce(string_agg(c.suite || '.' || c.check_name, ', ' ORDER BY c.suite, c.check_name), r.error, '') AS checks
FROM sms_quality_runs AS r
LEFT JOIN sms_quality_results AS c
    ON c.run_id = r.id AND (c.status = 'error' OR (c.status = 'failed' AND c.severity = 'critical'))
WHERE r.verdict IS NULL OR r.verdict IN ('critical', 'error')
GROUP BY r.id
ORDER BY r.started_at
