DELETE FROM sms_metrics
WHERE
    metric_date BETWEEN (%(window_start)s AT TIME ZONE 'UTC')::date AND (%(window_end)s AT TIME ZONE 'UTC')::date
    AND metric_hour >= %(window_start)s AND metric_hour < %(window_end)s
    AND metric_type = ANY(%(metric_types)s)
    AND metric_hour <> ALL(%(kept_hours)s::timestamptz[])
