-- Percent of the messages sent in the window that are confirmed delivered so far; in details, by carrier.
WITH counts AS (
    SELECT
        dimension, dimension_value,
        sum(value_sum) FILTER (WHERE metric_type = 'sent_count') AS sent,
        coalesce(sum(value_sum) FILTER (WHERE metric_type = 'delivered_count'), 0) AS delivered
    FROM sms_metrics_hourly
    WHERE
        metric_date BETWEEN (%(window_start)s AT TIME ZONE 'UTC')::date AND (%(window_end)s AT TIME ZONE 'UTC')::date
        AND metric_hour >= %(window_start)s AND metric_hour < %(window_end)s
        AND metric_type IN ('sent_count', 'delivered_count')
        AND dimension IN ('all', 'carrier')
    GROUP BY dimension, dimension_value
)

SELECT
    'all' AS entity,
    100 * total.delivered / total.sent AS value,
    total.sent::bigint AS sample_size,
    (
        SELECT
            jsonb_object_agg(
                'Delivered at ' || dimension_value,
                round(100 * delivered / sent, 1) || ' ' || chr(37) || ' of ' || sent
            )
        FROM counts
        WHERE dimension = 'carrier' AND sent > 0
    ) AS details
FROM counts AS total
WHERE total.dimension = 'all' AND total.sent > 0
