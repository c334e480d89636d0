-- The hours of some days that have data: an hour without a row for scheduled or sent is not in the answer.
SELECT
    metric_hour,
    coalesce(sum(value_sum) FILTER (WHERE metric_type = 'sent_count'), 0) AS sent,
    coalesce(sum(value_sum) FILTER (WHERE metric_type = 'delivered_count'), 0) AS delivered,
    coalesce(sum(value_sum) FILTER (WHERE metric_type = 'failed_count'), 0) AS failed
FROM sms_metrics_hourly
WHERE
    metric_date BETWEEN (%(starts_at)s AT TIME ZONE 'UTC')::date AND (%(ends_at)s AT TIME ZONE 'UTC')::date
    AND metric_hour >= %(starts_at)s AND metric_hour < %(ends_at)s
    AND dimension = 'all'
GROUP BY metric_hour
HAVING bool_or(metric_type IN ('scheduled_count', 'sent_count'))
ORDER BY metric_hour
