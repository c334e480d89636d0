-- The hours that were aggregated anew after the gate last looked at them, or at which it began to look and saw nothing:
-- those first that it has not looked at for the longest. However often some are rewritten, each has its turn.
SELECT a.metric_hour
FROM (
    SELECT metric_hour, max(aggregated_at) AS aggregated_at
    FROM sms_aggregated_hours
    WHERE metric_hour >= %(since)s AND metric_hour < %(until)s
    GROUP BY metric_hour
) AS a
INNER JOIN (
    SELECT
        window_start,
        -- A run that ended early, or was killed, has seen nothing.
        max(started_at) FILTER (WHERE finished_at IS NOT NULL AND error IS NULL) AS checked_at,
        max(started_at) AS tried_at
    FROM sms_quality_runs
    WHERE
        plan = 'gate' AND window_end = window_start + interval '1 hour'
        AND window_end > %(since)s AND window_start < %(until)s
    GROUP BY window_start
) AS r ON r.window_start = a.metric_hour
WHERE r.checked_at IS NULL OR a.aggregated_at > r.checked_at
ORDER BY r.tried_at ASC, a.metric_hour DESC
LIMIT %(most)s
