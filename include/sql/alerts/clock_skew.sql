-- Seconds between the worker's clock, now, and the database's; details say which is ahead. The watchdog keeps the
-- database's time of the same moment in its session, because this statement may have waited since.
WITH clocks AS (
    SELECT coalesce(nullif(current_setting('sms_monitoring.asked_at', true), '')::timestamptz, clock_timestamp()) AS here
)

SELECT
    'all' AS entity,
    round(abs(extract(EPOCH FROM here - %(now)s)), 1) AS value,
    1 AS sample_size,
    jsonb_build_object(
        'Worker', to_char(%(now)s AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS') || ' UTC',
        'Database', to_char(here AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS') || ' UTC'
    ) AS details
FROM clocks
