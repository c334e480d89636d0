-- Totals of seven UTC days that end with a day.
SELECT
    coalesce(sum(scheduled_count), 0)::bigint AS scheduled,
    coalesce(sum(sent_count), 0)::bigint AS sent,
    coalesce(sum(delivered_count), 0)::bigint AS delivered,
    coalesce(sum(failed_count), 0)::bigint AS failed,
    coalesce(sum(llm_cost_usd), 0) AS llm_cost,
    round(100.0 * sum(delivered_count) / nullif(sum(sent_count), 0), 2) AS delivery_rate_percent,
    round(100.0 * sum(llm_success_count) / nullif(sum(llm_success_count + template_fallback_count), 0), 2)
        AS llm_success_rate_percent
FROM sms_metrics_daily
WHERE metric_date > %(today)s::date - 7 AND metric_date <= %(today)s
