-- Days, today (UTC) included, for which a table has partitions without a gap, up to 31. In the first 26 hours, and after
-- the upgrade that brought this alert, retention may not have run yet, and rows make the partitions that they need: too
-- early to tell, which is a sample of 0.
WITH partitions AS (
    SELECT
        i.inhparent AS table_id,
        key_column.atttypid = 'timestamptz'::regtype AS is_timestamptz,
        regexp_match(
            pg_get_expr(child.relpartbound, child.oid), $$^FOR VALUES FROM \('([^']+)'\) TO \('([^']+)'\)$$
        ) AS bounds
    FROM sms_retention_policies AS policy
    INNER JOIN pg_inherits AS i ON i.inhparent = to_regclass(quote_ident(policy.table_name)) AND NOT i.inhdetachpending
    INNER JOIN pg_class AS child ON child.oid = i.inhrelid
    INNER JOIN pg_partitioned_table AS parent ON parent.partrelid = i.inhparent
    INNER JOIN pg_attribute AS key_column
        ON key_column.attrelid = parent.partrelid AND key_column.attnum = parent.partattrs[0]
), ranges AS (
    SELECT
        table_id,
        CASE WHEN is_timestamptz THEN bounds[1]::timestamptz ELSE bounds[1]::timestamp AT TIME ZONE 'UTC' END AS range_start,
        CASE WHEN is_timestamptz THEN bounds[2]::timestamptz ELSE bounds[2]::timestamp AT TIME ZONE 'UTC' END AS range_end
    FROM partitions
    WHERE bounds IS NOT NULL
), days AS (
    SELECT number, date_trunc('day', %(now)s, 'UTC') + number * interval '24 hours' AS starts_at
    FROM generate_series(0, 30) AS d (number)
)

SELECT
    policy.table_name AS entity,
    coalesce(min(d.number), 31) AS value,
    CASE
        WHEN
            (SELECT occurred_at FROM sms_alert_transitions ORDER BY id LIMIT 1) < %(now)s - interval '26 hours'
            AND (SELECT created_at FROM sms_alert_thresholds WHERE alert_type = 'partitions_missing') < %(now)s - interval '26 hours'
            THEN 1
        ELSE 0
    END AS sample_size,
    jsonb_build_object(
        'First day without', coalesce(to_char(min(d.starts_at) AT TIME ZONE 'UTC', 'YYYY-MM-DD'), 'none in a month')
    ) AS details
FROM sms_retention_policies AS policy
LEFT JOIN days AS d
    ON NOT EXISTS (
        SELECT 1
        FROM ranges AS r
        WHERE
            r.table_id = to_regclass(quote_ident(policy.table_name))
            AND r.range_start <= d.starts_at AND r.range_end >= d.starts_at + interval '24 hours'
    )
GROUP BY policy.table_name
