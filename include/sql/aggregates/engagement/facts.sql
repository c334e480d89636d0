-- Facts of source_engagement, in the hour of the event. Events of other names are none of our metrics.
INSERT INTO sms_facts (metric_hour, user_id, metric_type, value, campaign, changed_at)
SELECT date_trunc('hour', occurred_at, 'UTC'), user_id, event || '_count', 1, campaign, changed_at
FROM source_engagement
WHERE
    occurred_at >= %(window_start)s AND occurred_at < %(window_end)s
    AND event IN ('opt_out', 'quiet_hours_skip', 'daily_limit_hit')
