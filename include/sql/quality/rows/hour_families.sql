-- One row an hour: since when each family has aggregated it, after it was over; and its traffic beside what is usual.
SELECT
    hour.metric_hour,
    max(a.aggregated_at) FILTER (WHERE a.family = 'delivery') AS delivery_aggregated_at,
    max(a.aggregated_at) FILTER (WHERE a.family = 'generation') AS generation_aggregated_at,
    max(a.aggregated_at) FILTER (WHERE a.family = 'engagement') AS engagement_aggregated_at,
    max(a.aggregated_at) FILTER (WHERE a.family = 'recorded') AS recorded_aggregated_at,
    min(sent.now_sent) AS sent,
    min(sent.usual) AS usually_sent,
    -- Of little traffic nothing is unusual.
    CASE WHEN min(sent.usual) >= 20 THEN round(min(sent.now_sent) / min(sent.usual), 3) END AS sent_ratio
FROM
    generate_series(
        current_setting('sms_monitoring.window_start')::timestamptz,
        current_setting('sms_monitoring.window_end')::timestamptz - interval '1 hour', interval '1 hour'
    ) AS hour (metric_hour)
LEFT JOIN sms_aggregated_hours AS a
    ON a.metric_hour = hour.metric_hour AND a.aggregated_at >= a.metric_hour + interval '1 hour'
CROSS JOIN LATERAL (
    -- The median of the same hour of the four weeks before.
    SELECT
        coalesce(sum(h.value_sum) FILTER (WHERE h.metric_hour = hour.metric_hour), 0) AS now_sent,
        CASE WHEN count(*) FILTER (WHERE h.metric_hour < hour.metric_hour) >= 3 THEN
            (percentile_cont(0.5) WITHIN GROUP (ORDER BY h.value_sum) FILTER (WHERE h.metric_hour < hour.metric_hour))::numeric
        END AS usual
    FROM generate_series(0, 4) AS weeks
    INNER JOIN sms_metrics_hourly AS h
        ON
            h.metric_date = ((hour.metric_hour - weeks * interval '168 hours') AT TIME ZONE 'UTC')::date
            AND h.metric_hour = hour.metric_hour - weeks * interval '168 hours'
            AND h.metric_type = 'sent_count' AND h.dimension = 'all'
) AS sent
GROUP BY hour.metric_hour
