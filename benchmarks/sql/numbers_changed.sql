-- What an hourly run leaves behind as far as readers can tell: answers that were kept are old now.
UPDATE sms_aggregated_hours SET aggregated_at = clock_timestamp()
WHERE (family, metric_hour) IN (SELECT family, metric_hour FROM sms_aggregated_hours ORDER BY metric_hour DESC LIMIT 1)
