-- Every user gets four doubles with the same hours. Sums, counts and histograms over users grow fivefold with them.
INSERT INTO sms_metrics (metric_date, metric_hour, user_id, metric_type, metric_value, sample_count, created_at)
SELECT metric_date, metric_hour, user_id || '/' || double.number, metric_type, metric_value, sample_count, created_at
FROM sms_metrics
CROSS JOIN generate_series(1, 4) AS double (number);

UPDATE sms_metrics_hourly
SET value_sum = 5 * value_sum,
    value_count = 5 * value_count,
    buckets = (SELECT jsonb_object_agg(key, 5 * value::bigint) FROM jsonb_each_text(buckets));
