-- Percent of the users messaged in the window who opted out in it.
SELECT
    'all' AS entity,
    100.0 * count(DISTINCT user_id) FILTER (WHERE metric_type = 'opt_out_count')
    / count(DISTINCT user_id) FILTER (WHERE metric_type = 'sent_count') AS value,
    count(DISTINCT user_id) FILTER (WHERE metric_type = 'sent_count') AS sample_size
FROM sms_metrics
WHERE
    metric_date BETWEEN (%(window_start)s AT TIME ZONE 'UTC')::date AND (%(window_end)s AT TIME ZONE 'UTC')::date
    AND metric_hour >= %(window_start)s AND metric_hour < %(window_end)s
    AND metric_type IN ('opt_out_count', 'sent_count')
HAVING count(DISTINCT user_id) FILTER (WHERE metric_type = 'sent_count') > 0
