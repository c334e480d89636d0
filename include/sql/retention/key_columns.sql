-- The columns of a table's primary key, else of a unique key, in key order: they make its archive's order definite.
WITH chosen AS (
    SELECT
        indrelid,
        indkey
    FROM pg_index
    WHERE
        indrelid = to_regclass(quote_ident(%(table)s))
        AND indisunique AND indpred IS NULL AND indexprs IS NULL
    ORDER BY indisprimary DESC, indexrelid ASC
    LIMIT 1
)

SELECT a.attname AS name
FROM chosen
CROSS JOIN unnest(chosen.indkey) WITH ORDINALITY AS key_column (attnum, position)
INNER JOIN pg_attribute AS a ON chosen.indrelid = a.attrelid AND key_column.attnum = a.attnum
ORDER BY key_column.position
