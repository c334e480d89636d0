-- Incidents are deleted, their messages stay.
-- caught: full sms_alert_notifications.incidents_known critical
ALTER TABLE sms_alert_notifications DROP CONSTRAINT sms_alert_notifications_incident_id_fkey;
UPDATE sms_alert_notifications SET incident_id = gen_random_uuid() WHERE incident_id IS NOT NULL;
