-- People have been told: what cooldown, repeat interval and escalation count from. A trigger that is said once more
-- had not reached anybody before.
WITH announced AS (
    UPDATE sms_alert_history
    SET announced_at = %(now)s
    WHERE id = %(incident_id)s
    RETURNING alert_type, entity
), free AS (
    -- Passed over while a person has the row open: people are told all the same. Once for all incidents of a run.
    SELECT t.alert_type
    FROM sms_alert_thresholds AS t
    INNER JOIN announced AS a ON t.alert_type = a.alert_type
    WHERE t.last_triggered_at IS DISTINCT FROM %(now)s
    FOR NO KEY UPDATE OF t SKIP LOCKED
), seen AS (
    UPDATE sms_alert_thresholds AS t SET last_triggered_at = %(now)s FROM free WHERE t.alert_type = free.alert_type
)
UPDATE sms_alert_state AS s
SET last_announced_at = %(now)s
FROM announced AS a
WHERE s.alert_type = a.alert_type AND s.entity = a.entity
