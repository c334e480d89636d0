INSERT INTO sms_quality_results (
    run_id, suite, check_name, expectation, expected, severity, status, observed, element_count, unexpected_count,
    failing_rows, reason, owner, families, error
) VALUES (
    %(run_id)s, %(suite)s, %(check_name)s, %(expectation)s, %(expected)s, %(severity)s, %(status)s, %(observed)s,
    %(element_count)s, %(unexpected_count)s, %(failing_rows)s, %(reason)s, %(owner)s, %(families)s, %(error)s
)
