-- Seconds between the worker's clock, now, and the database's; details say which is ahead.
SELECT
    'all' AS entity,
    round(abs(extract(EPOCH FROM clock_timestamp() - %(now)s)), 1) AS value,
    1 AS sample_size,
    jsonb_build_object(
        'Worker', to_char(%(now)s AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS') || ' UTC',
        'Database', to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS') || ' UTC'
    ) AS details
