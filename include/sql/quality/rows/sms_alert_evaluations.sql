-- One row an alert type: how many evaluations of the window, and how many are wrong in which way.
SELECT
    alert_type,
    count(*) AS evaluations,
    count(*) FILTER (WHERE (verdict IN ('ok', 'breach', 'no_data', 'insufficient_data', 'error')) IS NOT TRUE) AS unknown_verdicts,
    count(*) FILTER (
        WHERE reason IN ('within_threshold', 'past_threshold', 'not_recovered') AND (value IS NULL OR threshold_value IS NULL)
    ) AS judged_without_value,
    count(*) FILTER (WHERE window_start >= window_end) AS empty_windows,
    count(*) FILTER (WHERE evaluated_at < window_end) AS before_its_end,
    count(*) FILTER (WHERE window_end > current_setting('sms_monitoring.now')::timestamptz) AS in_the_future
FROM sms_alert_evaluations
WHERE window_end >= current_setting('sms_monitoring.window_start')::timestamptz
GROUP BY alert_type
