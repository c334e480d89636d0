-- Nothing is left of the run before.
DELETE FROM sms_alert_transitions;
DELETE FROM sms_alert_state;
DELETE FROM sms_alert_notifications;
DELETE FROM sms_alert_history;
