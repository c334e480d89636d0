-- Two counts by carrier and by campaign, of the hours from one on.
SELECT
    dimension, dimension_value,
    coalesce(sum(value_sum) FILTER (WHERE metric_type = %(first)s), 0) AS first,
    coalesce(sum(value_sum) FILTER (WHERE metric_type = %(second)s), 0) AS second
FROM sms_metrics_hourly
WHERE
    metric_date BETWEEN (%(since)s AT TIME ZONE 'UTC')::date AND (%(now)s AT TIME ZONE 'UTC')::date
    AND metric_hour >= %(since)s AND metric_hour < %(now)s
    AND metric_type IN (%(first)s, %(second)s)
    AND dimension IN ('carrier', 'campaign')
GROUP BY dimension, dimension_value
