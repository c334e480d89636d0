-- Two workers open the same incident after its index was dropped.
-- caught: full sms_alert_history.one_open_incident critical
DROP INDEX sms_alert_history_one_open;
INSERT INTO sms_alert_history (alert_type, severity, triggered_at, message)
SELECT 'opt_out_rate_warning', 'warning', now(), 'twice' FROM generate_series(1, 2);
