-- How many hours have numbers.
SELECT count(DISTINCT metric_hour) AS hours FROM sms_metrics_hourly WHERE dimension = 'all'
