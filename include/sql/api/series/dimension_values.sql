-- Values of a dimension with messages sent in the span, the busiest first.
SELECT dimension_value AS value, sum(value_sum) AS sent
FROM sms_metrics_hourly
WHERE
    metric_date BETWEEN (%(starts_at)s AT TIME ZONE 'UTC')::date AND (%(ends_at)s AT TIME ZONE 'UTC')::date
    AND metric_hour >= %(starts_at)s AND metric_hour < %(ends_at)s
    AND metric_type = 'sent_count' AND dimension = %(dimension)s
GROUP BY dimension_value
ORDER BY sent DESC, value ASC
LIMIT %(most)s
