-- Sums of the whole system by hour, of today and of the day a week ago.
SELECT metric_hour, metric_type, value_sum
FROM sms_metrics_hourly
WHERE
    metric_date IN ((%(today)s AT TIME ZONE 'UTC')::date, (%(last_week)s AT TIME ZONE 'UTC')::date)
    AND metric_type = ANY(%(metrics)s)
    AND dimension = 'all'
