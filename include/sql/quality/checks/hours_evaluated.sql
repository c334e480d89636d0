-- Hours of the last two days that were aggregated, and that an enabled alert type judged none of, though it judged others
-- before. The newest two hours may still be on their way.
WITH judged AS (
    SELECT e.alert_type, e.window_end - interval '1 hour' AS metric_hour
    FROM sms_alert_evaluations AS e
    INNER JOIN sms_alert_thresholds AS t ON t.alert_type = e.alert_type AND t.enabled
    WHERE e.window_end >= current_setting('sms_monitoring.window_end')::timestamptz - interval '3 days'
    GROUP BY e.alert_type, e.window_end
), since AS (
    SELECT alert_type, min(metric_hour) AS first_hour FROM judged GROUP BY alert_type
)

SELECT since.alert_type, count(*) AS hours_not_judged, min(h.metric_hour) AS first_of_them
FROM since
CROSS JOIN (
    SELECT DISTINCT metric_hour FROM sms_aggregated_hours
    WHERE
        metric_hour >= current_setting('sms_monitoring.window_end')::timestamptz - interval '2 days'
        AND metric_hour < current_setting('sms_monitoring.window_end')::timestamptz - interval '2 hours'
) AS h
LEFT JOIN judged ON judged.alert_type = since.alert_type AND judged.metric_hour = h.metric_hour
WHERE h.metric_hour > since.first_hour AND judged.metric_hour IS NULL
GROUP BY since.alert_type
