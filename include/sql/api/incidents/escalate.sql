SELECT id FROM sms_alert_escalate(%(incident_id)s::uuid, %(who)s, %(channel)s::text, %(note)s::text)
