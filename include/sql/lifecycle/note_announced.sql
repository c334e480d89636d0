-- People have been told: what cooldown, repeat interval and escalation count from. A trigger that is said once more
-- had not reached anybody before.
WITH announced AS (
    UPDATE sms_alert_history
    SET announced_at = %(now)s
    WHERE id = %(incident_id)s
    RETURNING alert_type, entity
), seen AS (
    -- Once for all incidents of one evaluation: it is the same row each time.
    UPDATE sms_alert_thresholds AS t SET last_triggered_at = %(now)s
    FROM announced AS a
    WHERE t.alert_type = a.alert_type AND t.last_triggered_at IS DISTINCT FROM %(now)s
)
UPDATE sms_alert_state AS s
SET last_announced_at = %(now)s
FROM announced AS a
WHERE s.alert_type = a.alert_type AND s.entity = a.entity
