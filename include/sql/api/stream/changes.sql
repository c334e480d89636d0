-- What changed about alerts since the transaction "since" (null: nothing is asked for), and where the data stands.
-- One row at least; every open incident has one, changed or not, so that the reader knows what was before.
-- A row that became visible after a snapshot was written by a transaction that was not over in it: its xmin is not below
-- the oldest one that was running then. That holds whatever order rows are committed in, unlike with their ids and times.
WITH RECURSIVE taken AS MATERIALIZED (
    SELECT
        now() AS at,
        pg_snapshot_xmin(s)::text::bigint AS oldest,
        pg_snapshot_xmax(s)::text::bigint AS newest
    FROM pg_current_snapshot() AS s
), found AS (
    SELECT 'open' AS source, 'incident' AS kind, id AS incident_id, NULL AS name, xmin AS xid32
    FROM sms_alert_history WHERE resolved_at IS NULL
    UNION ALL
    SELECT 'resolved', 'incident', id, NULL, xmin
    FROM sms_alert_history WHERE resolved_at > now() - %(reach)s::interval
    UNION ALL
    (
        SELECT 'transitions', CASE WHEN incident_id IS NULL THEN 'threshold' ELSE 'incident' END, incident_id, alert_type, xmin
        FROM sms_alert_transitions ORDER BY id DESC LIMIT %(rows)s
    )
    UNION ALL
    (
        -- Tests and notices are about no incident.
        SELECT 'notifications', CASE WHEN incident_id IS NOT NULL THEN 'incident' END, incident_id, NULL, xmin
        FROM sms_alert_notifications ORDER BY id DESC LIMIT %(rows)s
    )
    UNION ALL
    (
        SELECT
            'audit', CASE WHEN object ~ '^silence [0-9]{1,18}$' THEN 'silence' WHEN object LIKE 'threshold %%' THEN 'threshold' END,
            NULL, substr(object, strpos(object, ' ') + 1), xmin
        FROM sms_alert_audit ORDER BY id DESC LIMIT %(rows)s
    )
), dated AS MATERIALIZED (
    -- xmin has the lower 32 bits of a number of 64; what would lie ahead of the newest one is of the round before.
    SELECT
        f.source, f.kind, f.incident_id, f.name,
        f.xid32::text::bigint + ((t.newest - f.xid32::text::bigint) >> 32 << 32) AS xid
    FROM found AS f
    CROSS JOIN taken AS t
), horizon AS (
    -- The oldest that was read of a table that was not read to its end: what was written before may be missing.
    SELECT coalesce(max(oldest), 0) AS horizon
    FROM (
        SELECT min(xid) AS oldest FROM dated WHERE source NOT IN ('open', 'resolved')
        GROUP BY source HAVING count(*) >= %(rows)s
    ) AS cut
), changed AS (
    SELECT
        kind, incident_id, CASE WHEN incident_id IS NULL THEN name END AS name,
        coalesce(array_agg(DISTINCT xid) FILTER (WHERE xid >= %(since)s::bigint), '{}') AS transactions
    FROM dated
    WHERE kind IS NOT NULL AND (xid >= %(since)s::bigint OR source = 'open')
    GROUP BY kind, incident_id, CASE WHEN incident_id IS NULL THEN name END
), families AS (
    (SELECT family FROM sms_aggregated_hours ORDER BY family LIMIT 1)
    UNION ALL
    SELECT (SELECT a.family FROM sms_aggregated_hours AS a WHERE a.family > f.family ORDER BY a.family LIMIT 1)
    FROM families AS f WHERE f.family IS NOT NULL
)

SELECT
    t.at, t.oldest, t.newest, z.horizon,
    (
        -- The newest hour that was over when it was aggregated, with one look into the index for each family.
        SELECT max(complete.metric_hour)
        FROM families AS f
        CROSS JOIN LATERAL (
            SELECT a.metric_hour FROM sms_aggregated_hours AS a
            WHERE a.family = f.family AND a.aggregated_at >= a.metric_hour + interval '1 hour'
            ORDER BY a.metric_hour DESC LIMIT 1
        ) AS complete
    ) AS newest_hour,
    (SELECT last_refreshed FROM sms_metrics_daily LIMIT 1) AS view_refreshed_at,
    (
        -- When checks of the data were last done: of each plan the runs over the newest time are looked at.
        SELECT max(checked.finished_at)
        FROM unnest('{gate,full}'::text []) AS p (plan)
        CROSS JOIN LATERAL (
            SELECT r.finished_at FROM sms_quality_runs AS r
            WHERE r.plan = p.plan ORDER BY r.window_end DESC, r.started_at DESC LIMIT 30
        ) AS checked
    ) AS checked_at,
    c.kind, coalesce(c.incident_id::text, c.name) AS key, c.transactions,
    h.alert_type, h.entity, h.severity, h.triggered_at, h.acknowledged_at, h.resolved_at
FROM taken AS t
CROSS JOIN horizon AS z
LEFT JOIN changed AS c ON true
LEFT JOIN sms_alert_history AS h ON c.incident_id = h.id
ORDER BY c.kind, h.triggered_at, key
