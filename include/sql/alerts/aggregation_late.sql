-- Minutes since the end of the newest hour that a family aggregated after it was over. A family that never did is
-- counted from the first hour that any family has: before that there is nothing to be late for. While hours
-- are caught up with (the newest one was aggregated within the last half hour), it is no later than any hour gets: 60.
WITH families AS (
    SELECT f.family, newest.metric_hour + interval '1 hour' AS aggregated_through, newest.aggregated_at
    FROM unnest('{delivery,engagement,generation,recorded}'::text []) AS f (family)
    LEFT JOIN LATERAL (
        SELECT a.metric_hour, a.aggregated_at
        FROM sms_aggregated_hours AS a
        WHERE
            a.family = f.family AND a.aggregated_at >= a.metric_hour + interval '1 hour'
            -- An hour of a wrong clock's future says nothing of the present.
            AND a.metric_hour + interval '1 hour' <= %(now)s
        ORDER BY a.metric_hour DESC
        LIMIT 1
    ) AS newest ON true
), started AS (
    SELECT min(metric_hour) AS first_hour, min(aggregated_at) AS first_at FROM sms_aggregated_hours
)

SELECT
    family AS entity,
    least(
        round(extract(EPOCH FROM %(now)s - coalesce(aggregated_through, first_hour)) / 60),
        CASE
            -- The clocks may differ by a little.
            WHEN
                coalesce(aggregated_at, first_at) > %(now)s - interval '30 minutes'
                AND coalesce(aggregated_at, first_at) < %(now)s + interval '5 minutes'
                THEN 60
        END
    ) AS value,
    1 AS sample_size,
    -- All of them: the first incident speaks for the others.
    jsonb_object_agg(
        'Aggregated through: ' || family,
        coalesce(to_char(aggregated_through AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI') || ' UTC', 'never')
    ) OVER () AS details
FROM families
CROSS JOIN started
