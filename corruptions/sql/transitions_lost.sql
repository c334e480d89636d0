-- A part of the transitions is deleted.
-- caught: full sms_alert_state.transitions_unbroken warning
DELETE FROM sms_alert_transitions WHERE alert_type = 'delivery_rate_critical' AND to_state = 'firing';
