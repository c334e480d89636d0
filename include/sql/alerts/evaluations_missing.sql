-- Minutes since an enabled alert type was last evaluated, history and broken evaluations aside. Nobody can have been
-- evaluated before there was anything to evaluate it, before it was made, or while it was disabled; and
-- what was before the upgrade that brought this alert is not its business.
WITH started AS (
    SELECT min(occurred_at) AS at FROM (SELECT occurred_at FROM sms_alert_transitions ORDER BY id LIMIT 1) AS first_one
), alerts AS (
    SELECT
        t.alert_type, newest.evaluated_at,
        greatest(
            coalesce(newest.evaluated_at, t.created_at, s.at),
            s.at,
            t.created_at,
            (SELECT created_at FROM sms_alert_thresholds WHERE alert_type = 'evaluations_missing'),
            (
                SELECT max(a.at)
                FROM sms_alert_audit AS a
                WHERE
                    a.object = 'threshold ' || t.alert_type
                    AND a.before ->> 'enabled' = 'false' AND a.after ->> 'enabled' = 'true'
            )
        ) AS since
    FROM sms_alert_thresholds AS t
    CROSS JOIN started AS s
    LEFT JOIN LATERAL (
        SELECT max(e.evaluated_at) AS evaluated_at
        FROM sms_alert_evaluations AS e
        WHERE
            e.alert_type = t.alert_type AND NOT e.replayed AND e.verdict <> 'error'
            -- Older ones are late enough, and their partitions need not be read.
            AND e.window_end >= %(now)s - interval '3 days'
    ) AS newest ON true
    WHERE t.enabled AND t.alert_type <> 'evaluations_missing' AND s.at IS NOT NULL
)

SELECT
    alert_type AS entity,
    round(extract(EPOCH FROM %(now)s - since) / 60) AS value,
    1 AS sample_size,
    jsonb_build_object(
        'Last evaluated', coalesce(to_char(evaluated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI') || ' UTC', 'not in three days')
    ) AS details
FROM alerts
