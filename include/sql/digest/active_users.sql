-- Distinct users of each period, exactly. No row for a period without rows: retention may have dropped them.
SELECT p.period, active.users AS active_users
FROM unnest(%(periods)s::text[], %(starts)s::timestamptz[], %(ends)s::timestamptz[]) AS p (period, starts_at, ends_at)
CROSS JOIN LATERAL (
    SELECT count(seen.user_id) AS users, count(*) AS kinds
    FROM (
        SELECT DISTINCT m.user_id FROM sms_metrics AS m
        WHERE
            m.metric_date BETWEEN (p.starts_at AT TIME ZONE 'UTC')::date AND (p.ends_at AT TIME ZONE 'UTC')::date
            AND m.metric_hour >= p.starts_at AND m.metric_hour < p.ends_at
    ) AS seen
) AS active
WHERE active.kinds > 0
