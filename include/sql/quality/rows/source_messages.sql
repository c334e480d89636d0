-- One row a day of the newest two: how many messages of the source are wrong in which way.
SELECT
    (scheduled_at AT TIME ZONE 'UTC')::date AS scheduled_on,
    count(*) AS messages,
    count(*) FILTER (WHERE message_id IS NULL) AS without_id,
    count(*) FILTER (WHERE changed_at IS NULL) AS without_change_time,
    count(*) FILTER (WHERE greatest(sent_at, delivered_at, failed_at, cancelled_at)
        > current_setting('sms_monitoring.now')::timestamptz + interval '5 minutes') AS in_the_future,
    count(*) FILTER (WHERE delivered_at IS NOT NULL AND sent_at IS NULL) AS delivered_unsent,
    count(*) FILTER (WHERE sms_cost_usd < 0 OR sms_cost_usd > 100) AS odd_costs,
    round(100.0 * count(*) FILTER (WHERE user_id IS NULL) / count(*), 2) AS percent_without_user,
    -- Two clocks: now and then a receipt is stamped before its send.
    round(100.0 * count(*) FILTER (WHERE delivered_at < sent_at) / count(*), 2) AS percent_delivered_before_sent
FROM source_messages
WHERE
    scheduled_at >= current_setting('sms_monitoring.window_end')::timestamptz - interval '2 days'
GROUP BY 1
