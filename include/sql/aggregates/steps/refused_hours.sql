-- Of some hours, those whose metrics retention has dropped.
SELECT h.metric_hour
FROM unnest(%(hours)s::timestamptz[]) AS h (metric_hour)
WHERE (h.metric_hour AT TIME ZONE 'UTC')::date < (
    SELECT max(dropped_before) FROM sms_retention_policies WHERE table_name IN ('sms_metrics', 'sms_metrics_hourly')
)
ORDER BY h.metric_hour
