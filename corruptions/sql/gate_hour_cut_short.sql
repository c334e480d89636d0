-- A worker's fast clock aggregates the hour before it is over.
-- caught: gate hour_families.delivery_aggregated critical
UPDATE sms_aggregated_hours SET aggregated_at = metric_hour + interval '20 minutes' WHERE metric_hour = pg_temp.hours_back(1);
