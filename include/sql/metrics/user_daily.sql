-- One user's days, newest first, from that user's hours.
SELECT
    metric_date,
    coalesce(sum(metric_value) FILTER (WHERE metric_type = 'scheduled_count'), 0)::bigint AS scheduled_count,
    coalesce(sum(metric_value) FILTER (WHERE metric_type = 'sent_count'), 0)::bigint AS sent_count,
    coalesce(sum(metric_value) FILTER (WHERE metric_type = 'delivered_count'), 0)::bigint AS delivered_count,
    coalesce(sum(metric_value) FILTER (WHERE metric_type = 'failed_count'), 0)::bigint AS failed_count,
    coalesce(sum(metric_value) FILTER (WHERE metric_type = 'cancelled_count'), 0)::bigint AS cancelled_count,
    coalesce(sum(metric_value) FILTER (WHERE metric_type = 'llm_success_count'), 0)::bigint AS llm_success_count,
    coalesce(sum(metric_value) FILTER (WHERE metric_type = 'template_fallback_count'), 0)::bigint AS template_fallback_count,
    coalesce(sum(metric_value) FILTER (WHERE metric_type = 'llm_cost_usd'), 0) AS llm_cost_usd,
    coalesce(sum(metric_value) FILTER (WHERE metric_type = 'sms_cost_usd'), 0) AS sms_cost_usd,
    round(
        100 * coalesce(sum(metric_value) FILTER (WHERE metric_type = 'delivered_count'), 0)
        / nullif(sum(metric_value) FILTER (WHERE metric_type = 'sent_count'), 0), 2
    ) AS delivery_rate_percent
FROM sms_metrics
WHERE metric_date > %(today)s::date - %(days)s::integer AND metric_date <= %(today)s AND user_id = %(user_id)s
GROUP BY metric_date
ORDER BY metric_date DESC
