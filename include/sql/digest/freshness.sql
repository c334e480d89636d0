-- How far the data reaches, and how many hours of the day wait to be computed again.
SELECT
    now() AS read_at,
    (SELECT metric_hour FROM sms_metrics_hourly ORDER BY metric_date DESC, metric_hour DESC LIMIT 1) AS newest_hour,
    (SELECT min(changed_through) FROM sms_source_watermarks) AS source_read_through,
    (
        SELECT count(DISTINCT metric_hour) FROM sms_dirty_hours
        WHERE metric_hour >= %(starts_at)s AND metric_hour < %(ends_at)s
    ) AS hours_waiting
