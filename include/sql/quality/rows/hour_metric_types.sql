-- One row an hour and metric type: what is wrong with its raw rows, and by how much its rollup is off from them.
-- Each fault stands in one column a family, so that it is known whose numbers are in doubt.
WITH raw AS (
    SELECT
        metric_hour, metric_type,
        sum(metric_value) AS value_sum,
        sum(sample_count) AS value_count,
        count(*) - count(DISTINCT user_id) - least(count(*) FILTER (WHERE user_id IS NULL), 1) AS repeated,
        count(*) FILTER (WHERE (metric_value BETWEEN 0 AND 1e12 AND sample_count BETWEEN 1 AND 1e12) IS NOT TRUE) AS out_of_range,
        count(*) FILTER (WHERE metric_value < 1e12 AND metric_value <> trunc(metric_value)) AS fractional
    FROM sms_metrics
    WHERE
        metric_date >= (SELECT (current_setting('sms_monitoring.window_start')::timestamptz AT TIME ZONE 'UTC')::date)
        AND metric_date <= (SELECT (current_setting('sms_monitoring.window_end')::timestamptz AT TIME ZONE 'UTC')::date)
        AND metric_hour >= (SELECT current_setting('sms_monitoring.window_start')::timestamptz)
        AND metric_hour < (SELECT current_setting('sms_monitoring.window_end')::timestamptz)
    GROUP BY metric_hour, metric_type
), rollup AS (
    SELECT
        metric_hour, metric_type,
        sum(value_sum) AS value_sum,
        sum(value_count) AS value_count,
        count(*) - 1 AS repeated,
        count(*) FILTER (WHERE (value_sum BETWEEN 0 AND 1e15 AND value_count BETWEEN 1 AND 1e15) IS NOT TRUE) AS out_of_range
    FROM sms_metrics_hourly
    WHERE
        metric_date >= (SELECT (current_setting('sms_monitoring.window_start')::timestamptz AT TIME ZONE 'UTC')::date)
        AND metric_date <= (SELECT (current_setting('sms_monitoring.window_end')::timestamptz AT TIME ZONE 'UTC')::date)
        AND metric_hour >= (SELECT current_setting('sms_monitoring.window_start')::timestamptz)
        AND metric_hour < (SELECT current_setting('sms_monitoring.window_end')::timestamptz)
        AND dimension = 'all'
    GROUP BY metric_hour, metric_type
), compared AS (
    SELECT
        metric_hour, metric_type, t.kind, t.unit,
        raw.value_sum AS raw_sum, rollup.value_sum AS rollup_sum,
        coalesce(raw.repeated, 0) AS raw_repeated,
        coalesce(raw.out_of_range, 0) AS raw_out_of_range,
        coalesce(raw.fractional, 0) AS fractional,
        coalesce(rollup.repeated, 0) AS rollup_repeated,
        coalesce(rollup.out_of_range, 0) AS rollup_out_of_range,
        abs(coalesce(raw.value_sum, 0) - coalesce(rollup.value_sum, 0))
        + abs(coalesce(raw.value_count, 0) - coalesce(rollup.value_count, 0)) AS difference,
        CASE
            WHEN t.origin = 'recorded' THEN 'recorded'
            WHEN metric_type IN ('llm_success_count', 'template_fallback_count', 'llm_cost_usd', 'avg_generation_time_ms')
                THEN 'generation'
            WHEN metric_type IN ('opt_out_count', 'quiet_hours_skip_count', 'daily_limit_hit_count') THEN 'engagement'
            WHEN t.origin = 'derived' THEN 'delivery'
        END AS family
    FROM raw
    FULL JOIN rollup USING (metric_hour, metric_type)  -- noqa: ST07
    LEFT JOIN sms_metric_types AS t USING (metric_type)  -- noqa: ST07
)

SELECT
    c.metric_hour, c.metric_type, c.kind, c.raw_sum, c.rollup_sum,
    extract(EPOCH FROM c.metric_hour - date_trunc('hour', c.metric_hour, 'UTC')) AS seconds_into_hour,
    CASE WHEN c.family = 'delivery' THEN c.raw_repeated END AS delivery_raw_repeated,
    CASE WHEN c.family = 'delivery' THEN c.raw_out_of_range END AS delivery_raw_out_of_range,
    CASE WHEN c.family = 'delivery' THEN c.rollup_repeated END AS delivery_rollup_repeated,
    CASE WHEN c.family = 'delivery' THEN c.rollup_out_of_range END AS delivery_rollup_out_of_range,
    CASE WHEN c.family = 'generation' THEN c.raw_repeated END AS generation_raw_repeated,
    CASE WHEN c.family = 'generation' THEN c.raw_out_of_range END AS generation_raw_out_of_range,
    CASE WHEN c.family = 'generation' THEN c.rollup_repeated END AS generation_rollup_repeated,
    CASE WHEN c.family = 'generation' THEN c.rollup_out_of_range END AS generation_rollup_out_of_range,
    CASE WHEN c.family = 'engagement' THEN c.raw_repeated END AS engagement_raw_repeated,
    CASE WHEN c.family = 'engagement' THEN c.raw_out_of_range END AS engagement_raw_out_of_range,
    CASE WHEN c.family = 'engagement' THEN c.rollup_repeated END AS engagement_rollup_repeated,
    CASE WHEN c.family = 'engagement' THEN c.rollup_out_of_range END AS engagement_rollup_out_of_range,
    CASE WHEN c.family = 'recorded' THEN c.raw_repeated END AS recorded_raw_repeated,
    CASE WHEN c.family = 'recorded' THEN c.raw_out_of_range END AS recorded_raw_out_of_range,
    CASE WHEN c.family = 'recorded' THEN c.rollup_repeated END AS recorded_rollup_repeated,
    CASE WHEN c.family = 'recorded' THEN c.rollup_out_of_range END AS recorded_rollup_out_of_range,
    -- Of what an application records by itself, a fraction may be meant.
    CASE WHEN c.family = 'delivery' AND c.unit = 'count' THEN c.fractional END AS delivery_fractional_counts,
    CASE WHEN c.family = 'generation' AND c.unit = 'count' THEN c.fractional END AS generation_fractional_counts,
    CASE WHEN c.family = 'engagement' AND c.unit = 'count' THEN c.fractional END AS engagement_fractional_counts,
    CASE WHEN c.family = 'delivery' THEN c.difference END AS delivery_difference,
    CASE WHEN c.family = 'generation' THEN c.difference END AS generation_difference,
    CASE WHEN c.family = 'engagement' THEN c.difference END AS engagement_difference,
    -- What was recorded late is noticed, and waits to be aggregated.
    CASE WHEN c.family = 'recorded' AND NOT EXISTS (
        SELECT 1 FROM sms_dirty_hours AS d WHERE d.family = 'recorded' AND d.metric_hour = c.metric_hour
    ) THEN c.difference END AS recorded_difference
FROM compared AS c
