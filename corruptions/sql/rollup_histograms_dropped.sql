-- A rewrite forgets the histograms.
-- caught: full sms_metrics_hourly.histograms_on_durations critical
UPDATE sms_metrics_hourly SET buckets = NULL WHERE metric_date = pg_temp.day_of(72);
