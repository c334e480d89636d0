SELECT id FROM sms_alert_unacknowledge(%(incident_id)s::uuid, %(who)s, %(note)s::text)
