-- The product had opt-outs in the hour that no run has counted.
-- caught: gate hour_engagement.opt_outs_as_in_source critical
SELECT pg_temp.rewrap_view(
    'source_engagement',
    'SELECT * FROM (%s) AS v UNION ALL SELECT n::text, NULL, ''opt_out'', hour.half_past, hour.half_past'
    ' FROM generate_series(1, 30) AS n CROSS JOIN (SELECT current_setting(''sms_monitoring.window_end'')::timestamptz'
    ' - interval ''30 minutes'' AS half_past) AS hour'
);
