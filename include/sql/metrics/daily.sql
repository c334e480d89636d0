-- Every column of the daily view for a range of days, newest first.
SELECT *
FROM sms_metrics_daily
WHERE metric_date BETWEEN %(start_date)s AND %(end_date)s
ORDER BY metric_date DESC
