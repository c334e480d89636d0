-- Every policy, and whether its table is there to apply it to.
SELECT
    p.table_name,
    p.keep_days,
    EXISTS (
        SELECT 1 FROM pg_class AS c
        WHERE c.oid = to_regclass(quote_ident(p.table_name)) AND c.relkind = 'p'
    ) AS is_partitioned
FROM sms_retention_policies AS p
ORDER BY p.table_name
