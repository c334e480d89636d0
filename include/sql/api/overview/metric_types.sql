-- Whether the application records a metric, or aggregation derives it.
SELECT metric_type, origin FROM sms_metric_types WHERE metric_type = ANY(%(metrics)s)
