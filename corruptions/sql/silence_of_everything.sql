-- Somebody silences everything for half a year.
-- caught: full sms_alert_silences.nothing_silences_everything warning
INSERT INTO sms_alert_silences (author, reason, expires_at) VALUES ('ops', 'migration', now() + interval '180 days');
