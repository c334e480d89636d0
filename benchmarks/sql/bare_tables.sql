-- Empty tables of the same shape as ours: columns, constraints, indexes, partitions.
DO $$
DECLARE
    v_ours      text;
    v_partition record;
BEGIN
    FOREACH v_ours IN ARRAY ARRAY['sms_metrics', 'sms_metrics_hourly'] LOOP
        EXECUTE format('DROP TABLE IF EXISTS %I', 'bare_' || v_ours);
        EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING ALL) PARTITION BY RANGE (metric_date)', 'bare_' || v_ours, v_ours);
        FOR v_partition IN
            SELECT child.relname AS name, pg_get_expr(child.relpartbound, child.oid) AS bounds
            FROM pg_inherits AS i
            INNER JOIN pg_class AS child ON child.oid = i.inhrelid
            WHERE i.inhparent = v_ours::regclass
        LOOP
            EXECUTE format(
                'CREATE TABLE %I PARTITION OF %I %s', 'bare_' || v_partition.name, 'bare_' || v_ours, v_partition.bounds
            );
        END LOOP;
    END LOOP;
END
$$;
