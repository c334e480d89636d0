-- Open incidents that no alert's state knows of: nothing will ever resolve them.
SELECT h.id::text AS incident_id, h.alert_type, h.entity, h.triggered_at
FROM sms_alert_history AS h
WHERE
    h.resolved_at IS NULL
    -- What is no measurement has no window, and no state: that a channel does not deliver, say.
    AND h.window_end IS NOT NULL
    AND NOT EXISTS (
        SELECT 1 FROM sms_alert_state AS s
        WHERE s.alert_type = h.alert_type AND s.entity = h.entity AND s.incident_id = h.id
    )
