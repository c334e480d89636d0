-- LLM cost of the window's day as a multiple of the mean daily cost of the seven days before it.
-- With less than three days behind it there is no mean to speak of: the sample is zero.
WITH cost AS (
    SELECT metric_hour, value_sum, metric_hour >= %(window_start)s AS in_window
    FROM sms_metrics_hourly
    WHERE
        metric_date BETWEEN (%(window_start)s AT TIME ZONE 'UTC')::date - 7 AND (%(window_end)s AT TIME ZONE 'UTC')::date
        AND metric_hour >= %(window_start)s - interval '7 days' AND metric_hour < %(window_end)s
        AND metric_type = 'llm_cost_usd'
        AND dimension = 'all'
), totals AS (
    SELECT
        sum(value_sum) FILTER (WHERE in_window) AS spent,
        count(*) FILTER (WHERE in_window) AS hours_in_window,
        sum(value_sum) FILTER (WHERE NOT in_window)
        / nullif(extract(EPOCH FROM %(window_start)s - min(metric_hour)) / 86400, 0) AS usual_per_day,
        extract(EPOCH FROM %(window_start)s - min(metric_hour)) / 3600 AS hours_before
    FROM cost
)

SELECT
    'all' AS entity,
    spent / nullif(usual_per_day, 0) AS value,
    CASE WHEN hours_before >= 72 THEN hours_in_window ELSE 0 END AS sample_size,
    jsonb_build_object(
        'LLM cost, last 24 hours', '$' || round(spent, 4),
        'Usual LLM cost per day', '$' || coalesce(round(usual_per_day, 4)::text, 'unknown')
    ) AS details
FROM totals
WHERE hours_in_window > 0
