-- One row an hour of the last week: its traffic beside the median of the same hour of the four weeks before.
WITH hours AS (
    SELECT
        metric_hour,
        coalesce(sum(value_sum) FILTER (WHERE metric_type = 'sent_count'), 0) AS sent,
        coalesce(sum(value_sum) FILTER (WHERE metric_type IN ('llm_success_count', 'template_fallback_count')), 0) AS written
    FROM sms_metrics_hourly
    WHERE
        metric_date >= (SELECT (current_setting('sms_monitoring.window_end')::timestamptz AT TIME ZONE 'UTC')::date) - 36
        AND metric_hour < (SELECT current_setting('sms_monitoring.window_end')::timestamptz)
        AND dimension = 'all' AND metric_type IN ('sent_count', 'llm_success_count', 'template_fallback_count')
    GROUP BY metric_hour
), usual AS (
    SELECT
        hour.metric_hour,
        (percentile_cont(0.5) WITHIN GROUP (ORDER BY past.sent))::numeric AS sent,
        (percentile_cont(0.5) WITHIN GROUP (ORDER BY past.written))::numeric AS written
    FROM
        generate_series(
            current_setting('sms_monitoring.window_end')::timestamptz - interval '7 days',
            current_setting('sms_monitoring.window_end')::timestamptz - interval '1 hour', interval '1 hour'
        ) AS hour (metric_hour)
    CROSS JOIN generate_series(1, 4) AS weeks
    INNER JOIN hours AS past ON past.metric_hour = hour.metric_hour - weeks * interval '168 hours'
    GROUP BY hour.metric_hour
    HAVING count(*) >= 3
)

SELECT
    usual.metric_hour,
    coalesce(hours.sent, 0) AS sent, usual.sent AS usually_sent,
    coalesce(hours.written, 0) AS written, usual.written AS usually_written,
    -- Of little traffic nothing is unusual.
    CASE WHEN usual.sent >= 20 THEN round(coalesce(hours.sent, 0) / usual.sent, 3) END AS sent_ratio,
    CASE WHEN usual.written >= 20 THEN round(coalesce(hours.written, 0) / usual.written, 3) END AS written_ratio
FROM usual
LEFT JOIN hours ON hours.metric_hour = usual.metric_hour
