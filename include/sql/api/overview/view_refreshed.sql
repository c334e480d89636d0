-- When the daily view was refreshed: every row of it says the same.
SELECT last_refreshed FROM sms_metrics_daily LIMIT 1
