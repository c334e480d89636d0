-- A correction is booked as a negative cost.
-- caught: full sms_metrics.values_not_negative critical
ALTER TABLE sms_metrics DROP CONSTRAINT sms_metrics_metric_value_check;
UPDATE sms_metrics SET metric_value = -1
WHERE ctid IN (SELECT ctid FROM sms_metrics WHERE metric_date = pg_temp.day_of(500) AND metric_type = 'sms_cost_usd' LIMIT 1)
AND metric_date = pg_temp.day_of(500);
