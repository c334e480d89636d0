-- One pass over the facts for every dimension at once; durations keep a histogram for their percentiles.
WITH bucketed AS (
    SELECT
        f.metric_hour, f.metric_type, f.carrier, f.campaign,
        grouping(f.carrier) = 0 AS by_carrier,
        grouping(f.campaign) = 0 AS by_campaign,
        CASE WHEN t.kind = 'duration' THEN sms_bucket_of(f.value / f.observations) END AS bucket,
        sum(f.value) AS value_sum,
        sum(f.observations) AS value_count
    FROM sms_facts AS f
    INNER JOIN sms_metric_types AS t ON t.metric_type = f.metric_type
    GROUP BY
        f.metric_hour, f.metric_type, bucket,
        GROUPING SETS ((), (f.carrier), (f.campaign))
)

INSERT INTO sms_metrics_hourly (
    metric_date, metric_hour, metric_type, dimension, dimension_value, value_sum, value_count, buckets
)
SELECT
    (metric_hour AT TIME ZONE 'UTC')::date, metric_hour, metric_type,
    CASE WHEN by_carrier THEN 'carrier' WHEN by_campaign THEN 'campaign' ELSE 'all' END AS dimension,
    coalesce(carrier, campaign, '') AS dimension_value,
    sum(value_sum), sum(value_count),
    jsonb_object_agg(bucket, value_count) FILTER (WHERE bucket IS NOT NULL)
FROM bucketed
WHERE (NOT by_carrier OR carrier IS NOT NULL) AND (NOT by_campaign OR campaign IS NOT NULL)
GROUP BY metric_hour, metric_type, by_carrier, by_campaign, carrier, campaign
