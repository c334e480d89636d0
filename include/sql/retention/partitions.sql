-- Partitions of one table, oldest first, with their bounds as the catalogue has them, in UTC.
-- Those without two finite bounds (DEFAULT, MINVALUE) were made by hand and are left to that hand.
WITH partitions AS (
    SELECT
        child.relname AS name,
        key_column.atttypid = 'timestamptz'::regtype AS is_timestamptz,
        regexp_match(
            pg_get_expr(child.relpartbound, child.oid), $$^FOR VALUES FROM \('([^']+)'\) TO \('([^']+)'\)$$
        ) AS bounds
    FROM pg_inherits AS i
    INNER JOIN pg_class AS child ON i.inhrelid = child.oid
    INNER JOIN pg_partitioned_table AS parent ON i.inhparent = parent.partrelid
    INNER JOIN pg_attribute AS key_column
        ON parent.partrelid = key_column.attrelid AND parent.partattrs[0] = key_column.attnum
    WHERE i.inhparent = to_regclass(quote_ident(%(table)s)) AND NOT i.inhdetachpending
)

SELECT
    name,
    -- A timestamptz bound is shown in the session's zone, with its offset; a date is a UTC day.
    CASE WHEN is_timestamptz THEN bounds[1]::timestamptz ELSE bounds[1]::timestamp AT TIME ZONE 'UTC' END AS range_start,
    CASE WHEN is_timestamptz THEN bounds[2]::timestamptz ELSE bounds[2]::timestamp AT TIME ZONE 'UTC' END AS range_end
FROM partitions
WHERE bounds IS NOT NULL
ORDER BY range_start
