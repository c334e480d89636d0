-- One day by carrier and by campaign, the day before beside it; the busiest first.
WITH sums AS (
    SELECT
        p.period,
        h.dimension,
        h.dimension_value,
        sum(h.value_sum) FILTER (WHERE h.metric_type = 'sent_count') AS sent,
        sum(h.value_sum) FILTER (WHERE h.metric_type = 'delivered_count') AS delivered,
        sum(h.value_sum) FILTER (WHERE h.metric_type = 'failed_count') AS failed,
        sum(h.value_sum) FILTER (WHERE h.metric_type = 'opt_out_count') AS opt_outs
    FROM unnest(%(periods)s::text[], %(starts)s::timestamptz[], %(ends)s::timestamptz[]) AS p (period, starts_at, ends_at)
    INNER JOIN sms_metrics_hourly AS h
        ON h.metric_date BETWEEN (p.starts_at AT TIME ZONE 'UTC')::date AND (p.ends_at AT TIME ZONE 'UTC')::date
        AND h.metric_hour >= p.starts_at AND h.metric_hour < p.ends_at
    WHERE
        h.dimension IN ('carrier', 'campaign')
        AND h.metric_type IN ('sent_count', 'delivered_count', 'failed_count', 'opt_out_count')
    GROUP BY p.period, h.dimension, h.dimension_value
)

SELECT
    day.dimension,
    day.dimension_value AS name,
    coalesce(day.sent, 0) AS sent,
    coalesce(day.delivered, 0) AS delivered,
    coalesce(day.failed, 0) AS failed,
    coalesce(day.opt_outs, 0) AS opt_outs,
    before.sent AS sent_before,
    coalesce(before.delivered, 0) AS delivered_before
FROM sums AS day
LEFT JOIN sums AS before
    ON before.period = 'before' AND before.dimension = day.dimension AND before.dimension_value = day.dimension_value
WHERE day.period = 'day'
ORDER BY day.dimension ASC, sent DESC, name ASC
