-- A correction is booked into the rollup.
-- caught: full sms_metrics_hourly.values_not_negative critical
ALTER TABLE sms_metrics_hourly DROP CONSTRAINT sms_metrics_hourly_value_sum_check;
UPDATE sms_metrics_hourly SET value_sum = -1
WHERE metric_date = pg_temp.day_of(72) AND metric_hour = pg_temp.hours_back(72) AND metric_type = 'sms_cost_usd';
