-- Partitions of one table, oldest first, with their bounds as the catalogue has them, in UTC.
-- Those without two finite bounds (DEFAULT, MINVALUE) were made by hand and are left to that hand.
SELECT
    child.relname AS name,
    utc.lower_bound AS range_start,
    utc.upper_bound AS range_end
FROM pg_inherits AS i
INNER JOIN pg_class AS child ON child.oid = i.inhrelid
INNER JOIN pg_partitioned_table AS parent ON parent.partrelid = i.inhparent
INNER JOIN pg_attribute AS key_column
    ON key_column.attrelid = parent.partrelid AND key_column.attnum = parent.partattrs[0]
CROSS JOIN LATERAL regexp_match(
    pg_get_expr(child.relpartbound, child.oid), $$^FOR VALUES FROM \('([^']+)'\) TO \('([^']+)'\)$$
) AS literal (bounds)
CROSS JOIN LATERAL (
    SELECT
        -- A bound of a timestamptz column is shown in the session's zone, with its offset; a date is a UTC day.
        CASE key_column.atttypid
            WHEN 'timestamptz'::regtype THEN literal.bounds[1]::timestamptz
            ELSE literal.bounds[1]::timestamp AT TIME ZONE 'UTC'
        END AS lower_bound,
        CASE key_column.atttypid
            WHEN 'timestamptz'::regtype THEN literal.bounds[2]::timestamptz
            ELSE literal.bounds[2]::timestamp AT TIME ZONE 'UTC'
        END AS upper_bound
) AS utc
WHERE
    i.inhparent = to_regclass(quote_ident(%(table)s))
    AND NOT i.inhdetachpending
    AND literal.bounds IS NOT NULL
ORDER BY utc.lower_bound
