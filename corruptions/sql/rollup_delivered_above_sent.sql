-- Deliveries are counted in the hour they came, not in that of the send.
-- caught: full sms_metrics_hourly.delivered_at_most_sent critical
UPDATE sms_metrics_hourly SET value_sum = value_sum + 500, value_count = value_count + 500
WHERE metric_date = pg_temp.day_of(72) AND metric_hour = pg_temp.hours_back(72) AND metric_type = 'delivered_count' AND dimension = 'all';
