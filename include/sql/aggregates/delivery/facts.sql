-- Facts of source_messages. What became of a message counts in the hour it was sent (its cohort), so that
-- a rate never passes one; what was never sent counts in the hour it failed or was cancelled.
INSERT INTO sms_facts (metric_hour, user_id, metric_type, value, carrier, campaign, changed_at)
SELECT date_trunc('hour', scheduled_at, 'UTC'), user_id, 'scheduled_count', 1, carrier, campaign, changed_at
FROM source_messages
WHERE scheduled_at >= %(window_start)s AND scheduled_at < %(window_end)s
UNION ALL
SELECT date_trunc('hour', sent_at, 'UTC'), user_id, fact.metric_type, fact.value, carrier, campaign, changed_at
FROM source_messages
CROSS JOIN LATERAL (
    VALUES
    ('sent_count', 1::numeric),
    ('delivered_count', CASE WHEN delivered_at IS NOT NULL THEN 1 END),
    ('failed_count', CASE WHEN delivered_at IS NULL AND failed_at IS NOT NULL THEN 1 END),
    -- Two clocks, the product's and the carrier's: a receipt may be stamped before its send.
    ('avg_delivery_time_ms', greatest(round(extract(EPOCH FROM delivered_at - sent_at) * 1000), 0)),
    ('sms_cost_usd', sms_cost_usd)
) AS fact (metric_type, value)
WHERE
    sent_at >= %(window_start)s AND sent_at < %(window_end)s
    AND fact.value IS NOT NULL
    -- greatest() ignores nulls: without a receipt there is no delivery time.
    AND (fact.metric_type <> 'avg_delivery_time_ms' OR delivered_at IS NOT NULL)
UNION ALL
SELECT date_trunc('hour', failed_at, 'UTC'), user_id, 'failed_count', 1, carrier, campaign, changed_at
FROM source_messages
WHERE failed_at >= %(window_start)s AND failed_at < %(window_end)s AND sent_at IS NULL
UNION ALL
SELECT date_trunc('hour', cancelled_at, 'UTC'), user_id, 'cancelled_count', 1, carrier, campaign, changed_at
FROM source_messages
WHERE cancelled_at >= %(window_start)s AND cancelled_at < %(window_end)s
