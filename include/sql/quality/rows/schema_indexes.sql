-- One row an index that can be used, of tables, not of single partitions.
SELECT t.relname AS table_name, i.relname AS index_name, x.indisunique AS is_unique
FROM pg_index AS x
INNER JOIN pg_class AS i ON i.oid = x.indexrelid
INNER JOIN pg_class AS t ON t.oid = x.indrelid
WHERE
    x.indisvalid AND x.indisready AND NOT t.relispartition
    AND pg_table_is_visible(t.oid)
    AND starts_with(t.relname, 'sms_')
