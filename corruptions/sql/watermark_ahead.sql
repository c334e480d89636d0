-- A row dated next year moved the search for changes with it.
-- caught: full sms_aggregated_hours.watermarks_not_ahead critical
INSERT INTO sms_source_watermarks (family, changed_through) VALUES ('delivery', now() + interval '1 year')
ON CONFLICT (family) DO UPDATE SET changed_through = excluded.changed_through;
