-- Entities that have sent nothing for long and have no incident: a campaign that ended is not missing. The whole system
-- is one of them only where there are others: where it stood in until a first one was seen, and where it was replaced.
DELETE FROM sms_alert_state AS s
WHERE
    s.alert_type = %(alert_type)s AND s.state IN ('no_data', 'ok')
    AND CASE
        WHEN s.entity <> 'all' THEN s.last_seen_at < %(before)s
        ELSE
            (s.last_seen_at < %(before)s OR (s.last_seen_at IS NULL AND s.state = 'ok'))
            AND EXISTS (
                SELECT 1 FROM sms_alert_state AS other
                WHERE other.alert_type = s.alert_type AND other.entity <> 'all' AND other.last_seen_at >= %(before)s
            )
    END
    AND NOT EXISTS (SELECT 1 FROM sms_alert_history AS h WHERE h.id = s.incident_id AND h.resolved_at IS NULL)
