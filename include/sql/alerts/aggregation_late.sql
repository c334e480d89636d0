-- Minutes since the end of the newest hour that a family aggregated after it was over. A family that never did is
-- counted from the first hour that any family has: before that there is nothing to be late for.
WITH families AS (
    SELECT
        f.family,
        (
            SELECT a.metric_hour + interval '1 hour'
            FROM sms_aggregated_hours AS a
            WHERE
                a.family = f.family AND a.aggregated_at >= a.metric_hour + interval '1 hour'
                -- An hour of a wrong clock's future says nothing of the present.
                AND a.metric_hour + interval '1 hour' <= %(now)s
            ORDER BY a.metric_hour DESC
            LIMIT 1
        ) AS aggregated_through
    FROM unnest('{delivery,engagement,generation,recorded}'::text []) AS f (family)
), started AS (
    SELECT min(metric_hour) AS first_hour FROM sms_aggregated_hours
)

SELECT
    family AS entity,
    round(extract(EPOCH FROM %(now)s - coalesce(aggregated_through, first_hour)) / 60) AS value,
    1 AS sample_size,
    -- All of them: the first incident speaks for the others.
    jsonb_object_agg(
        'Aggregated through: ' || family,
        coalesce(to_char(aggregated_through AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI') || ' UTC', 'never')
    ) OVER () AS details
FROM families
CROSS JOIN started
