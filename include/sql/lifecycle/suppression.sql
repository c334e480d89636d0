-- What holds back an incident's notifications now, if anything does.
SELECT s.reason, s.silence_id
FROM sms_alert_history AS h
CROSS JOIN LATERAL sms_alert_suppression(h.alert_type, h.entity, h.severity, %(now)s, h.id) AS s
WHERE h.id = %(incident_id)s
