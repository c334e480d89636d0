-- Changed hours wait since yesterday to be recomputed.
-- caught: full sms_aggregated_hours.changes_worked_off warning
INSERT INTO sms_dirty_hours (family, metric_hour, noticed_at)
VALUES ('delivery', pg_temp.hours_back(40), now() - interval '1 day');
