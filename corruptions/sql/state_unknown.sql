-- A state that the engine does not know.
-- caught: full sms_alert_state.states_known critical
ALTER TABLE sms_alert_state DROP CONSTRAINT sms_alert_state_state_check;
UPDATE sms_alert_state SET state = 'alerting' WHERE alert_type = 'llm_failure_critical';
