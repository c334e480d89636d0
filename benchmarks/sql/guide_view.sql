-- The guide's own design: one materialized view straight over the raw rows. It lacks percentiles, which cost extra.
CREATE MATERIALIZED VIEW guide_metrics_daily AS
SELECT
    metric_date,
    coalesce(sum(metric_value) FILTER (WHERE metric_type = 'scheduled_count'), 0)::bigint AS scheduled_count,
    coalesce(sum(metric_value) FILTER (WHERE metric_type = 'sent_count'), 0)::bigint AS sent_count,
    coalesce(sum(metric_value) FILTER (WHERE metric_type = 'delivered_count'), 0)::bigint AS delivered_count,
    coalesce(sum(metric_value) FILTER (WHERE metric_type = 'failed_count'), 0)::bigint AS failed_count,
    coalesce(sum(metric_value) FILTER (WHERE metric_type = 'cancelled_count'), 0)::bigint AS cancelled_count,
    round(
        100 * sum(metric_value) FILTER (WHERE metric_type = 'delivered_count')
        / sum(metric_value) FILTER (WHERE metric_type = 'sent_count'), 2
    ) AS delivery_rate_percent,
    round(
        sum(metric_value) FILTER (WHERE metric_type = 'avg_delivery_time_ms')
        / sum(sample_count) FILTER (WHERE metric_type = 'avg_delivery_time_ms'), 1
    ) AS avg_delivery_time_ms,
    round(
        sum(metric_value) FILTER (WHERE metric_type = 'avg_generation_time_ms')
        / sum(sample_count) FILTER (WHERE metric_type = 'avg_generation_time_ms'), 1
    ) AS avg_generation_time_ms,
    coalesce(sum(metric_value) FILTER (WHERE metric_type = 'llm_success_count'), 0)::bigint AS llm_success_count,
    coalesce(sum(metric_value) FILTER (WHERE metric_type = 'template_fallback_count'), 0)::bigint AS template_fallback_count,
    round(
        100 * coalesce(sum(metric_value) FILTER (WHERE metric_type = 'llm_success_count'), 0)
        / sum(metric_value) FILTER (WHERE metric_type IN ('llm_success_count', 'template_fallback_count')), 2
    ) AS llm_success_rate_percent,
    coalesce(sum(metric_value) FILTER (WHERE metric_type = 'llm_cost_usd'), 0) AS llm_cost_usd,
    coalesce(sum(metric_value) FILTER (WHERE metric_type = 'sms_cost_usd'), 0) AS sms_cost_usd,
    coalesce(sum(metric_value) FILTER (WHERE metric_type = 'opt_out_count'), 0)::bigint AS opt_out_count,
    coalesce(sum(metric_value) FILTER (WHERE metric_type = 'quiet_hours_skip_count'), 0)::bigint AS quiet_hours_skip_count,
    coalesce(sum(metric_value) FILTER (WHERE metric_type = 'daily_limit_hit_count'), 0)::bigint AS daily_limit_hit_count,
    count(DISTINCT user_id) AS active_users,
    now() AS last_refreshed
FROM sms_metrics
GROUP BY metric_date;

CREATE UNIQUE INDEX guide_metrics_daily_date ON guide_metrics_daily (metric_date);
