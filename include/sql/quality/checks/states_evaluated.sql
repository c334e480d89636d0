-- Alerts whose state was reached by an evaluation that is not on record.
SELECT s.alert_type, s.entity, s.state, s.evaluated_through
FROM sms_alert_state AS s
WHERE
    s.evaluated_through >= current_setting('sms_monitoring.window_start')::timestamptz
    AND NOT EXISTS (
        SELECT 1 FROM sms_alert_evaluations AS e
        WHERE e.alert_type = s.alert_type AND e.entity = s.entity AND e.window_end = s.evaluated_through
    )
