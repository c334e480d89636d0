-- The hour of one family was never aggregated.
-- caught: gate hour_families.engagement_aggregated critical
DELETE FROM sms_aggregated_hours WHERE family = 'engagement' AND metric_hour = pg_temp.hours_back(1);
