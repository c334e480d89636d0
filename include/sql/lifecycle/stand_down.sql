-- A disabled alert has no incident and starts anew when it is switched on again.
UPDATE sms_alert_state
SET
    incident_id = NULL, breaches = 0, healthy = 0, breaches_before = 0, healthy_before = 0,
    state = CASE WHEN state IN ('pending', 'firing', 'recovering') THEN 'ok' ELSE state END,
    since = CASE WHEN state IN ('pending', 'firing', 'recovering') THEN %(now)s ELSE since END
WHERE
    alert_type = %(alert_type)s
    AND (incident_id IS NOT NULL OR breaches > 0 OR healthy > 0 OR state IN ('pending', 'firing', 'recovering'))
