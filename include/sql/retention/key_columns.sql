-- The columns of a table's primary key, else of a unique key, in key order: what makes its archive's order definite.
SELECT a.attname AS name
FROM (
    SELECT indrelid, indkey FROM pg_index
    WHERE
        indrelid = to_regclass(quote_ident(%(table)s))
        AND indisunique AND indpred IS NULL AND indexprs IS NULL
    ORDER BY indisprimary DESC, indexrelid
    LIMIT 1
) AS chosen
CROSS JOIN LATERAL unnest(chosen.indkey) WITH ORDINALITY AS key_column (attnum, position)
INNER JOIN pg_attribute AS a ON a.attrelid = chosen.indrelid AND a.attnum = key_column.attnum
ORDER BY key_column.position
