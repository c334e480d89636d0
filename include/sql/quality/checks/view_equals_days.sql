-- Days of which the daily view says something else than the rows it is made of: it was not refreshed, or is another view.
WITH days AS (
    SELECT
        metric_date,
        coalesce(sum(value_sum) FILTER (WHERE metric_type = 'scheduled_count'), 0) AS scheduled,
        coalesce(sum(value_sum) FILTER (WHERE metric_type = 'sent_count'), 0) AS sent,
        coalesce(sum(value_sum) FILTER (WHERE metric_type = 'delivered_count'), 0) AS delivered,
        coalesce(sum(value_sum) FILTER (WHERE metric_type = 'failed_count'), 0) AS failed,
        coalesce(sum(value_sum) FILTER (WHERE metric_type = 'llm_success_count'), 0) AS written_by_llm,
        coalesce(sum(value_sum) FILTER (WHERE metric_type = 'llm_cost_usd'), 0) AS llm_cost,
        coalesce(sum(value_sum) FILTER (WHERE metric_type = 'sms_cost_usd'), 0) AS sms_cost,
        coalesce(sum(value_sum) FILTER (WHERE metric_type = 'opt_out_count'), 0) AS opt_outs,
        min(p95) FILTER (WHERE metric_type = 'avg_delivery_time_ms') AS p95_delivery
    FROM sms_metrics_by_day
    WHERE metric_date >= (SELECT (current_setting('sms_monitoring.window_start')::timestamptz AT TIME ZONE 'UTC')::date)
    GROUP BY metric_date
), shown AS (
    SELECT
        metric_date, scheduled_count, sent_count, delivered_count, failed_count, llm_success_count, llm_cost_usd,
        sms_cost_usd, opt_out_count, p95_delivery_time_ms, delivery_rate_percent, active_users, last_refreshed
    FROM sms_metrics_daily
    WHERE metric_date >= (SELECT (current_setting('sms_monitoring.window_start')::timestamptz AT TIME ZONE 'UTC')::date)
)

SELECT
    metric_date, days.sent AS sent_by_day, shown.sent_count AS sent_shown, days.delivered AS delivered_by_day,
    shown.delivered_count AS delivered_shown, shown.delivery_rate_percent AS rate_shown
FROM days
FULL JOIN shown USING (metric_date)  -- noqa: ST07
LEFT JOIN sms_active_users_by_day AS users USING (metric_date)  -- noqa: ST07
WHERE
    ((
        days.scheduled, days.sent, days.delivered, days.failed, days.written_by_llm, days.llm_cost, days.sms_cost,
        days.opt_outs, days.p95_delivery, coalesce(users.active_users, 0)
    ) IS DISTINCT FROM (
        shown.scheduled_count, shown.sent_count, shown.delivered_count, shown.failed_count, shown.llm_success_count,
        shown.llm_cost_usd, shown.sms_cost_usd, shown.opt_out_count, shown.p95_delivery_time_ms, shown.active_users
    )
    OR round(100 * days.delivered / nullif(days.sent, 0), 2) IS DISTINCT FROM coalesce(
        shown.delivery_rate_percent, CASE WHEN days.sent > 0 THEN 0 END
    ))
    -- Recomputed just now: the same run refreshes the view next.
    AND NOT EXISTS (
        SELECT 1 FROM sms_aggregated_hours AS a
        WHERE
            a.metric_hour >= metric_date::timestamp AT TIME ZONE 'UTC'
            AND a.metric_hour < (metric_date + 1)::timestamp AT TIME ZONE 'UTC'
            AND a.aggregated_at > shown.last_refreshed
            AND a.aggregated_at > current_setting('sms_monitoring.now')::timestamptz - interval '15 minutes'
    )
