-- Rows of no metric type.
-- caught: full sms_metrics.metric_type_filled critical
ALTER TABLE sms_metrics ALTER COLUMN metric_type DROP NOT NULL;
INSERT INTO sms_metrics (metric_date, metric_hour, metric_value) VALUES (pg_temp.day_of(100), pg_temp.hours_back(100), 7);
