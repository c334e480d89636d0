-- Hours by which the newest finished run of a plan of quality checks is overdue: the gate runs every hour, the full run
-- every day. Without any run it counts from the first evaluation of any alert, or from when an upgrade brought the
-- checks. A run that was killed has not finished.
WITH plans (plan, every) AS (
    VALUES ('gate', interval '1 hour'), ('full', interval '24 hours')
), started AS (
    SELECT greatest(first_one.occurred_at, t.created_at) AS at
    FROM sms_alert_thresholds AS t
    CROSS JOIN (SELECT occurred_at FROM sms_alert_transitions ORDER BY id LIMIT 1) AS first_one
    WHERE t.alert_type = 'quality_checks_late'
)

SELECT
    p.plan AS entity,
    round(greatest(extract(EPOCH FROM %(now)s - coalesce(r.finished_at, s.at) - p.every) / 3600, 0), 1) AS value,
    1 AS sample_size,
    jsonb_build_object(
        'Last finished', coalesce(to_char(r.finished_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI') || ' UTC', 'never')
    ) AS details
FROM plans AS p
LEFT JOIN started AS s ON true
LEFT JOIN LATERAL (
    SELECT max(q.finished_at) AS finished_at
    FROM sms_quality_runs AS q
    WHERE q.plan = p.plan AND q.finished_at <= %(now)s
) AS r ON true
