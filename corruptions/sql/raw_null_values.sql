-- A column that lost its NOT NULL gets nulls.
-- caught: full sms_metrics.no_nulls critical
ALTER TABLE sms_metrics ALTER COLUMN metric_value DROP NOT NULL;
UPDATE sms_metrics SET metric_value = NULL
WHERE metric_date = pg_temp.day_of(100) AND metric_hour = pg_temp.hours_back(100) AND metric_type = 'sent_count';
