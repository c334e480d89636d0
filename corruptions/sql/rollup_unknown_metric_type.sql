-- A metric type is deleted from the catalogue while its history stays.
-- caught: full sms_metrics_hourly.metric_types_known critical
DELETE FROM sms_metric_types WHERE metric_type = 'opt_out_count';
