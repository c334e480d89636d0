-- Distinct users of some days, exactly, from those days' partitions only.
INSERT INTO sms_active_users_by_day AS d (metric_date, active_users)
SELECT day.metric_date, active.users
FROM unnest(%(days)s::date[]) AS day (metric_date)
CROSS JOIN LATERAL (
    SELECT count(*) AS users
    FROM (
        SELECT DISTINCT m.user_id FROM sms_metrics AS m
        WHERE
            m.metric_date = day.metric_date AND m.user_id IS NOT NULL
            -- Known when planned: the other days' partitions are then not even looked at.
            AND m.metric_date = ANY(%(days)s::date[])
    ) AS seen
) AS active
-- What retention has dropped since can no longer be counted: the number that was counted then stays.
WHERE NOT EXISTS (
    SELECT 1 FROM sms_retention_policies AS p
    WHERE p.table_name = 'sms_metrics' AND day.metric_date < p.dropped_before
)
ON CONFLICT (metric_date) DO UPDATE SET active_users = excluded.active_users
