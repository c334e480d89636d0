-- Incidents that were open at any time of the span, the oldest first. One begins with the last hour of the window that
-- it was found in: that hour went wrong, and it was told of when the hour was over. Where there are too many, the gravest
-- and of those the newest.
SELECT id, alert_type, entity, severity, message, began, ended
FROM (
    SELECT
        id, alert_type, entity, severity, message,
        least(triggered_at, greatest(window_start, window_end - interval '1 hour')) AS began,
        resolved_at AS ended
    FROM sms_alert_history
    WHERE
        -- Two bounds of one column, so that its index serves: what was found in the hour after the span may have begun in it.
        triggered_at < %(ends_at)s::timestamptz + interval '1 day'
        AND (resolved_at IS NULL OR resolved_at > %(starts_at)s)
        AND least(triggered_at, greatest(window_start, window_end - interval '1 hour')) < %(ends_at)s
    ORDER BY array_position('{critical,warning,info}'::text[], severity) ASC, triggered_at DESC, id ASC
    LIMIT %(most)s
) AS gravest
ORDER BY began, alert_type, entity
