-- The product sends a tenth of what it usually does, in source and metrics alike.
-- caught: gate hour_families.sent_as_usual warning
-- A doubled past stands in for it: the hour itself is untouched, and small beside what was usual.
UPDATE sms_metrics_hourly SET value_sum = 10 * value_sum
WHERE metric_type = 'sent_count' AND dimension = 'all' AND metric_hour < pg_temp.hours_back(2);
