-- One row a column of what this schema holds under its first name in the search_path: its table, type and whether it is required.
SELECT
    c.relname AS table_name,
    a.attname AS column_name,
    concat_ws(' ', c.relname || '.' || a.attname, format_type(a.atttypid, NULL), CASE WHEN a.attnotnull THEN 'required' END)
        AS definition
FROM pg_attribute AS a
INNER JOIN pg_class AS c ON c.oid = a.attrelid
WHERE
    c.relkind IN ('r', 'p', 'v', 'm') AND NOT c.relispartition
    AND pg_table_is_visible(c.oid)
    AND (starts_with(c.relname, 'sms_') OR starts_with(c.relname, 'source_'))
    AND a.attnum > 0 AND NOT a.attisdropped
