-- A load runs twice after somebody dropped the key.
-- caught: full sms_metrics_hourly.keys_unique critical
ALTER TABLE sms_metrics_hourly DROP CONSTRAINT sms_metrics_hourly_pkey;
INSERT INTO sms_metrics_hourly SELECT * FROM sms_metrics_hourly
WHERE metric_date = pg_temp.day_of(30) AND metric_hour = pg_temp.hours_back(30) AND dimension = 'campaign';
