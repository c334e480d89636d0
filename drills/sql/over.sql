-- What was made up for the drill is over, without a word.
UPDATE sms_alert_history SET resolved_at = now(), resolved_by = 'drill' WHERE entity LIKE 'drill-%%' AND resolved_at IS NULL
