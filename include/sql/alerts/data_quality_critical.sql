-- Critical data quality checks that failed or could not be run. By metric family: those of the hour's newest gate run, and of
-- hours of the day before that are bad still; "all": checks of no single family, and a gate that ended early. "full run": those
-- of the newest full run of the last 36 hours, so that what it found at night hides nothing that the gate finds by day.
WITH newest AS (
    (
        SELECT id, plan, error FROM sms_quality_runs
        WHERE plan = 'gate' AND finished_at IS NOT NULL AND window_end = %(window_end)s AND window_start = %(window_start)s
        ORDER BY started_at DESC
        LIMIT 1
    )
    UNION ALL
    (
        SELECT id, plan, error FROM sms_quality_runs
        WHERE
            plan = 'full' AND finished_at IS NOT NULL
            AND window_end > %(window_end)s - interval '36 hours' AND window_end <= %(window_end)s
        ORDER BY window_end DESC, started_at DESC
        LIMIT 1
    )
), still_bad AS (
    SELECT
        b.metric_hour, c.name AS check_name,
        -- A check of no single family marks all of them.
        CASE
            WHEN count(*) >= (SELECT count(DISTINCT family) FROM sms_aggregated_hours) THEN '{all}'
            ELSE array_agg(b.family)
        END AS entities
    FROM sms_bad_hours AS b
    CROSS JOIN LATERAL unnest(b.checks) AS c (name)
    WHERE b.metric_hour >= %(window_end)s - interval '24 hours' AND b.metric_hour < %(window_start)s
    GROUP BY b.metric_hour, c.name
), checked AS (
    SELECT
        f.entity, r.check_name,
        -- Of a run that ended early, what could not be run is that one fault.
        r.status = 'failed' OR (r.status = 'error' AND n.error IS NULL) AS is_bad,
        CASE r.status WHEN 'error' THEN 'could not be run: ' ELSE '' END
        || CASE WHEN r.unexpected_count > 0 THEN r.unexpected_count || ' rows. ' ELSE '' END
        || r.reason || ' Owner: ' || r.owner AS says
    FROM newest AS n
    INNER JOIN sms_quality_results AS r ON r.run_id = n.id AND r.severity = 'critical'
    CROSS JOIN LATERAL unnest(
        CASE WHEN n.plan = 'full' THEN '{full run}' WHEN r.families = '{}' THEN '{all}' ELSE r.families END
    ) AS f (entity)
    UNION ALL
    SELECT
        e.entity, s.check_name || ', ' || to_char(s.metric_hour AT TIME ZONE 'UTC', 'HH24:MI') || ' UTC', true,
        'still fails for that hour, which is not judged'
    FROM still_bad AS s
    CROSS JOIN LATERAL unnest(s.entities) AS e (entity)
    WHERE EXISTS (SELECT FROM newest WHERE plan = 'gate')
    UNION ALL
    SELECT CASE n.plan WHEN 'full' THEN 'full run' ELSE 'all' END, 'quality checks', n.error IS NOT NULL, 'ended early: ' || n.error
    FROM newest AS n
)

SELECT
    entity,
    count(*) FILTER (WHERE is_bad) AS value,
    count(*) AS sample_size,
    jsonb_object_agg(check_name, says) FILTER (WHERE is_bad) AS details
FROM checked
GROUP BY entity
