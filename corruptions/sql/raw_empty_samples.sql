-- Averages over no observations.
-- caught: full sms_metrics.samples_not_empty critical
ALTER TABLE sms_metrics DROP CONSTRAINT sms_metrics_sample_count_check;
UPDATE sms_metrics SET sample_count = 0 WHERE metric_date = pg_temp.day_of(48) AND metric_type = 'avg_generation_time_ms';
