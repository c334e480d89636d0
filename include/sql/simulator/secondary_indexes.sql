-- The indexes of a table that stand for no constraint: to drop before a large COPY and to make again after it.
SELECT i.indexrelid::regclass::text AS name, pg_get_indexdef(i.indexrelid) AS definition
FROM pg_index AS i
WHERE
    i.indrelid = to_regclass(%(table)s)
    AND NOT EXISTS (SELECT FROM pg_constraint AS c WHERE c.conindid = i.indexrelid)
ORDER BY name
