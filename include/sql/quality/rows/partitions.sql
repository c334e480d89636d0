-- One row a partitioned table: how far ahead its partitions reach, and what is wrong with them.
WITH bounds AS (
    SELECT
        p.table_name, p.keep_days, p.dropped_before, child.oid AS partition_oid, child.relrowsecurity,
        pg_get_expr(child.relpartbound, child.oid) = 'DEFAULT' AS is_default,
        (regexp_match(pg_get_expr(child.relpartbound, child.oid), 'FROM \(''([^'']+)''\)')) [1]::timestamptz AS range_start,
        (regexp_match(pg_get_expr(child.relpartbound, child.oid), 'TO \(''([^'']+)''\)')) [1]::timestamptz AS range_end
    FROM sms_retention_policies AS p
    LEFT JOIN pg_inherits AS i ON i.inhparent = to_regclass(quote_ident(p.table_name))
    LEFT JOIN pg_class AS child ON child.oid = i.inhrelid
), neighbours AS (
    SELECT *, lag(range_end) OVER (PARTITION BY table_name ORDER BY range_start) AS previous_end FROM bounds
)

SELECT
    table_name,
    count(partition_oid) AS partitions,
    coalesce(extract(EPOCH FROM
        max(range_end) - date_trunc('day', current_setting('sms_monitoring.now')::timestamptz, 'UTC')) / 86400 - 1, -1)::integer
        AS days_ahead,
    count(*) FILTER (WHERE range_start > previous_end) AS gaps,
    count(*) FILTER (WHERE is_default) AS default_partitions,
    count(*) FILTER (WHERE NOT relrowsecurity) AS without_row_security,
    coalesce(max(extract(EPOCH FROM
        current_setting('sms_monitoring.now')::timestamptz - make_interval(days => keep_days) - range_end) / 86400), 0)::integer
        AS days_overdue
FROM neighbours
GROUP BY table_name
