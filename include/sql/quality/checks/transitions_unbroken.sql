-- Transitions that do not begin where the one before them ended.
SELECT alert_type, entity, occurred_at, previous_state, from_state, to_state
FROM (
    SELECT
        alert_type, entity, occurred_at, from_state, to_state,
        lag(to_state) OVER (PARTITION BY alert_type, entity ORDER BY id) AS previous_state,
        window_end, lag(window_end) OVER (PARTITION BY alert_type, entity ORDER BY id) AS previous_window
    FROM sms_alert_transitions
    WHERE
        occurred_at >= current_setting('sms_monitoring.window_start')::timestamptz
        AND reason <> 'replayed'
) AS t
WHERE
    previous_state <> from_state
    -- The same window judged again starts from where it started before.
    AND window_end IS DISTINCT FROM previous_window
