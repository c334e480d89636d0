-- Aggregation stopped half a day ago.
-- caught: full sms_aggregated_hours.fresh critical
DELETE FROM sms_aggregated_hours WHERE metric_hour >= pg_temp.hours_back(12);
