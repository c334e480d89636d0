SELECT id FROM sms_alert_acknowledge(%(incident_id)s::uuid, %(who)s, %(note)s::text)
