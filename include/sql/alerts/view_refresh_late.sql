-- Minutes since the daily view was refreshed; before it ever had a row there is nothing to say.
SELECT
    'sms_metrics_daily' AS entity,
    round(extract(EPOCH FROM %(now)s - max(last_refreshed)) / 60) AS value,
    1 AS sample_size,
    jsonb_build_object('Newest day', max(metric_date)) AS details
FROM sms_metrics_daily
HAVING max(last_refreshed) IS NOT NULL
