-- A threshold row is deleted: its alert type is no longer judged.
-- caught: full sms_alert_thresholds.every_alert_type_has_one critical
DELETE FROM sms_alert_thresholds WHERE alert_type = 'llm_failure_critical';
