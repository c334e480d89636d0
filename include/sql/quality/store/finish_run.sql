UPDATE sms_quality_runs SET
    finished_at = clock_timestamp(),
    verdict = %(verdict)s,
    checks = %(checks)s,
    failed_critical = %(failed_critical)s,
    failed_warning = %(failed_warning)s,
    errors = %(errors)s,
    error = %(error)s
WHERE id = %(run_id)s AND finished_at IS NULL
