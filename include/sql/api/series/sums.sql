-- Sums of each step and metric, of one value of a dimension ('' of 'all'). A step without a row is not in the answer.
SELECT
    date_bin(%(step)s::interval, metric_hour, %(starts_at)s) AS at,
    metric_type,
    sum(value_sum) AS value_sum
FROM sms_metrics_hourly
WHERE
    metric_date BETWEEN (%(starts_at)s AT TIME ZONE 'UTC')::date AND (%(ends_at)s AT TIME ZONE 'UTC')::date
    AND metric_hour >= %(starts_at)s AND metric_hour < %(ends_at)s
    AND metric_type = ANY(%(metric_types)s)
    AND dimension = %(dimension)s AND dimension_value = %(value)s
GROUP BY at, metric_type
