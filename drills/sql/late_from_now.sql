-- The newest hour is late so many minutes from now, however long ago it ended.
UPDATE sms_alert_thresholds SET threshold_value = %(minutes)s + (
    SELECT extract(EPOCH FROM clock_timestamp() - max(metric_hour) - interval '1 hour') / 60 FROM sms_aggregated_hours
)
WHERE alert_type = 'aggregation_late'
