-- What each of the five default alerts looks at, straight from the product's tables, as known at the moment `at`.
SELECT
    100.0 * (
        SELECT count(*) FILTER (WHERE delivered_at < %(at)s) / nullif(count(*), 0)::numeric
        FROM sms_messages
        WHERE sent_at >= %(at)s - interval '1 hour' AND sent_at < %(at)s
    ) AS delivery_rate_critical,
    100.0 * (
        SELECT count(*) FILTER (WHERE generated_via = 'template') / nullif(count(generated_via), 0)::numeric
        FROM sms_messages
        WHERE created_at >= %(at)s - interval '1 hour' AND created_at < %(at)s
    ) AS llm_failure_critical,
    (
        SELECT sum(generation_cost_usd)
        FROM sms_messages
        WHERE created_at >= %(at)s - interval '24 hours' AND created_at < %(at)s
    ) / (
        SELECT sum(generation_cost_usd) / 7
        FROM sms_messages
        WHERE created_at >= %(at)s - interval '192 hours' AND created_at < %(at)s - interval '24 hours'
    ) AS llm_cost_spike_warning,
    100.0 * (
        SELECT count(*)
        FROM user_sms_preferences
        WHERE opted_out_at >= %(at)s - interval '24 hours' AND opted_out_at < %(at)s
    ) / (
        SELECT nullif(count(DISTINCT user_id), 0)
        FROM sms_messages
        WHERE sent_at >= %(at)s - interval '24 hours' AND sent_at < %(at)s
    ) AS opt_out_rate_warning,
    100.0 * (
        SELECT count(DISTINCT user_id)
        FROM sms_messages
        WHERE
            cancelled_at >= %(at)s - interval '24 hours' AND cancelled_at < %(at)s
            AND cancellation_reason = 'daily_limit'
    ) / (
        SELECT nullif(count(DISTINCT user_id), 0)
        FROM sms_messages
        WHERE created_at >= %(at)s - interval '24 hours' AND created_at < %(at)s
    ) AS daily_limit_hit_warning
