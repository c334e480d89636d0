-- Alerts with more than one open incident.
SELECT alert_type, entity, count(*) AS open_incidents
FROM sms_alert_history
WHERE resolved_at IS NULL
GROUP BY alert_type, entity
HAVING count(*) > 1
