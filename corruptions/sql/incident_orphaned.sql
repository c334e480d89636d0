-- An incident stays open that no state knows of.
-- caught: full sms_alert_history.open_incidents_watched critical
INSERT INTO sms_alert_history (alert_type, severity, triggered_at, message, window_start, window_end)
VALUES ('opt_out_rate_warning', 'warning', now(), 'left', pg_temp.hours_back(1), pg_temp.hours_back(0));
