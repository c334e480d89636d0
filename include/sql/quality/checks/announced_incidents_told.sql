-- Incidents of the window that people were told of by the books, of which the outbox holds no row at all.
SELECT h.id::text AS incident_id, h.alert_type, h.entity, h.triggered_at, h.announced_at
FROM sms_alert_history AS h
WHERE
    h.triggered_at >= current_setting('sms_monitoring.window_start')::timestamptz
    AND h.announced_at IS NOT NULL
    -- What is no measurement has no window: that a channel does not deliver may be told in the log alone.
    AND h.window_end IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM sms_alert_notifications AS n WHERE n.incident_id = h.id)
