-- Percent of the users with messages scheduled in the window who hit their daily limit in it.
SELECT
    'all' AS entity,
    100.0 * count(DISTINCT user_id) FILTER (WHERE metric_type = 'daily_limit_hit_count')
    / count(DISTINCT user_id) FILTER (WHERE metric_type = 'scheduled_count') AS value,
    count(DISTINCT user_id) FILTER (WHERE metric_type = 'scheduled_count') AS sample_size
FROM sms_metrics
WHERE
    metric_date BETWEEN (%(window_start)s AT TIME ZONE 'UTC')::date AND (%(window_end)s AT TIME ZONE 'UTC')::date
    AND metric_hour >= %(window_start)s AND metric_hour < %(window_end)s
    AND metric_type IN ('daily_limit_hit_count', 'scheduled_count')
HAVING count(DISTINCT user_id) FILTER (WHERE metric_type = 'scheduled_count') > 0
