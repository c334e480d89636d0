-- Sent and failed change places, in the rollup and below.
-- caught: gate hour_dimensions.delivered_at_most_sent critical
ALTER TABLE sms_metrics_hourly DROP CONSTRAINT sms_metrics_hourly_pkey;
ALTER TABLE sms_metrics DROP CONSTRAINT sms_metrics_key;
UPDATE sms_metrics_hourly SET metric_type = CASE metric_type WHEN 'sent_count' THEN 'failed_count' ELSE 'sent_count' END
WHERE metric_date = pg_temp.day_of(1) AND metric_hour = pg_temp.hours_back(1) AND metric_type IN ('sent_count', 'failed_count');
UPDATE sms_metrics SET metric_type = CASE metric_type WHEN 'sent_count' THEN 'failed_count' ELSE 'sent_count' END
WHERE metric_date = pg_temp.day_of(1) AND metric_hour = pg_temp.hours_back(1) AND metric_type IN ('sent_count', 'failed_count');
