-- Of some hours, those that must not be recomputed: their metrics were dropped by retention, or the
-- source no longer reaches back to them while the rollup still knows what they held.
SELECT h.metric_hour
FROM unnest(%(hours)s::timestamptz[]) AS h (metric_hour)
WHERE
    (h.metric_hour AT TIME ZONE 'UTC')::date < (
        SELECT max(dropped_before) FROM sms_retention_policies
        WHERE table_name IN ('sms_metrics', 'sms_metrics_hourly')
    )
    OR (
        h.metric_hour < coalesce(%(oldest)s::timestamptz, 'infinity')
        AND EXISTS (
            SELECT 1 FROM sms_metrics_hourly AS r
            WHERE
                r.metric_date = (h.metric_hour AT TIME ZONE 'UTC')::date
                -- Known when planned: the other partitions are then not even looked at.
                AND r.metric_date BETWEEN (%(first_hour)s AT TIME ZONE 'UTC')::date AND (%(last_hour)s AT TIME ZONE 'UTC')::date
                AND r.metric_hour = h.metric_hour
                AND r.metric_type = ANY(%(metric_types)s)
        )
    )
ORDER BY h.metric_hour
