-- An alert fires without an incident.
-- caught: full sms_alert_state.firing_has_incident critical
UPDATE sms_alert_state SET state = 'firing', incident_id = NULL WHERE alert_type = 'opt_out_rate_warning';
