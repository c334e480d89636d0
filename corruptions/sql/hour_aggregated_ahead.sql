-- An hour of tomorrow was aggregated.
-- caught: full sms_aggregated_hours.no_future_hours critical
INSERT INTO sms_aggregated_hours (family, metric_hour) VALUES ('delivery', pg_temp.hours_back(-26));
