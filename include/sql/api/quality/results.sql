-- What the checks of some runs found, the gravest first; if asked, only of those that did not pass.
SELECT
    run_id, suite, check_name, expectation, expected, severity, status, observed, element_count, unexpected_count, failing_rows,
    reason, owner, families, error
FROM sms_quality_results
WHERE run_id = ANY(%(run_ids)s::uuid []) AND (NOT %(problems)s OR status <> 'passed')
ORDER BY status = 'passed', severity <> 'critical', status <> 'failed', suite, check_name
