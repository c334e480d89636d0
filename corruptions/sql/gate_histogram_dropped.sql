-- A rewrite of the rollup forgets the histograms.
-- caught: gate hour_dimensions.histograms_on_durations critical
UPDATE sms_metrics_hourly SET buckets = NULL WHERE metric_date = pg_temp.day_of(1) AND metric_hour = pg_temp.hours_back(1);
