-- Other sessions with an open transaction on a table or its partitions, the longest first.
-- Not their statements: those may hold what must not stand in a log.
SELECT
    a.pid,
    a.usename,
    a.application_name,
    a.state,
    a.xact_start
FROM pg_stat_activity AS a
WHERE
    a.pid <> pg_backend_pid()
    AND a.pid IN (
        SELECT l.pid FROM pg_locks AS l
        WHERE
            l.granted
            AND l.database = a.datid
            AND (
                l.relation = to_regclass(quote_ident(%(table)s))
                OR l.relation IN (
                    SELECT i.inhrelid FROM pg_inherits AS i WHERE i.inhparent = to_regclass(quote_ident(%(table)s))
                )
            )
    )
ORDER BY a.xact_start
LIMIT 5
