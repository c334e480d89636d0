-- The hours that were aggregated anew after the gate last looked at them, the newest first.
SELECT a.metric_hour
FROM (
    SELECT metric_hour, max(aggregated_at) AS aggregated_at
    FROM sms_aggregated_hours
    WHERE metric_hour >= %(since)s AND metric_hour < %(until)s
    GROUP BY metric_hour
) AS a
INNER JOIN (
    SELECT window_start, max(started_at) AS checked_at
    FROM sms_quality_runs
    WHERE
        plan = 'gate' AND window_end = window_start + interval '1 hour'
        AND window_end > %(since)s AND window_start < %(until)s
        -- A run that ended early has seen nothing.
        AND finished_at IS NOT NULL AND error IS NULL
    GROUP BY window_start
) AS r ON r.window_start = a.metric_hour
WHERE a.aggregated_at > r.checked_at
ORDER BY a.metric_hour DESC
LIMIT %(most)s
