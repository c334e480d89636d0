-- Other sessions that use a table or one of its partitions in an open transaction, the longest first.
-- Their statements are left out: they may hold what must not stand in a log.
SELECT a.pid, a.usename, a.application_name, a.state, min(a.xact_start) AS since
FROM pg_locks AS l
INNER JOIN pg_stat_activity AS a ON a.pid = l.pid
WHERE
    l.granted AND l.pid <> pg_backend_pid()
    AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND l.relation IN (to_regclass(quote_ident(%(table)s)), to_regclass(quote_ident(%(partition)s)))
GROUP BY a.pid, a.usename, a.application_name, a.state
ORDER BY since
LIMIT 5
