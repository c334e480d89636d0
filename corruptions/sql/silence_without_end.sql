-- A silence loses its end.
-- caught: full sms_alert_silences.silences_end critical
ALTER TABLE sms_alert_silences DROP CONSTRAINT sms_alert_silences_only_a_mute_window_is_endless;
INSERT INTO sms_alert_silences (alert_type, author, reason) VALUES ('opt_out_rate_warning', 'ops', 'noise');
