-- As before the very first recomputation: no metrics, no partitions.
DO $$
DECLARE
    v_partition regclass;
BEGIN
    FOR v_partition IN
        SELECT inhrelid FROM pg_inherits WHERE inhparent IN ('sms_metrics'::regclass, 'sms_metrics_hourly'::regclass)
    LOOP
        EXECUTE format('DROP TABLE %s', v_partition);
    END LOOP;
END
$$;
TRUNCATE sms_metrics_by_day, sms_active_users_by_day, sms_aggregated_hours, sms_dirty_hours, sms_dirty_days;
REFRESH MATERIALIZED VIEW sms_metrics_daily;
