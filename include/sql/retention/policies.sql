-- Every policy, and whether its table is there to apply it to.
SELECT
    p.table_name,
    p.keep_days,
    c.oid IS NOT NULL AS is_partitioned
FROM sms_retention_policies AS p
LEFT JOIN pg_class AS c ON to_regclass(quote_ident(p.table_name)) = c.oid AND c.relkind = 'p'
ORDER BY p.table_name
