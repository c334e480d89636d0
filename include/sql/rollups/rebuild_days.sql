-- The daily rows of some days from their hours: that many days' work, however long the history.
WITH emptied AS (
    DELETE FROM sms_metrics_by_day AS d
    WHERE
        d.metric_date = ANY(%(days)s::date[])
        AND NOT EXISTS (
            SELECT 1 FROM sms_metrics_hourly AS h
            WHERE h.metric_date = d.metric_date AND h.metric_type = d.metric_type AND h.dimension = 'all'
        )
        -- Gone by retention is not gone from the source.
        AND NOT EXISTS (
            SELECT 1 FROM sms_retention_policies AS p
            WHERE p.table_name = 'sms_metrics_hourly' AND d.metric_date < p.dropped_before
        )
)

INSERT INTO sms_metrics_by_day AS d (metric_date, metric_type, value_sum, value_count, buckets)
SELECT metric_date, metric_type, sum(value_sum), sum(value_count), sms_merge_buckets(buckets)
FROM sms_metrics_hourly
WHERE metric_date = ANY(%(days)s::date[]) AND dimension = 'all'
GROUP BY metric_date, metric_type
ON CONFLICT (metric_date, metric_type) DO UPDATE
SET value_sum = excluded.value_sum, value_count = excluded.value_count, buckets = excluded.buckets
