-- Clocks apart: an incident ends before it begins.
-- caught: full sms_alert_history.resolved_after_triggered warning
UPDATE sms_alert_history SET resolved_at = triggered_at - interval '1 hour' WHERE resolved_at IS NOT NULL;
