SELECT id FROM sms_alert_resolve(%(incident_id)s::uuid, %(who)s, %(note)s::text)
