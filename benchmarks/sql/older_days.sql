-- What days leave behind whose raw metrics retention has dropped: their rollups. Each is a copy of the day that lies
-- kept_days later, or twice, three times as much: whole weeks, so that a Monday stays a Monday.
CREATE TEMPORARY TABLE older AS
SELECT kept.metric_date AS like_date, kept.metric_date - days AS metric_date, make_interval(hours => 24 * days) AS by
FROM sms_active_users_by_day AS kept
CROSS JOIN generate_series(%(kept_days)s, %(all_days)s, %(kept_days)s) AS days
WHERE kept.metric_date - days >= %(since)s::date;

SELECT sms_ensure_partitions('sms_metrics_hourly', %(since)s::date, %(until)s::date);

INSERT INTO sms_metrics_hourly
SELECT o.metric_date, h.metric_hour - o.by, h.metric_type, h.dimension, h.dimension_value, h.value_sum, h.value_count, h.buckets
FROM older AS o
INNER JOIN sms_metrics_hourly AS h ON h.metric_date = o.like_date;

INSERT INTO sms_metrics_by_day (metric_date, metric_type, value_sum, value_count, buckets)
SELECT o.metric_date, d.metric_type, d.value_sum, d.value_count, d.buckets
FROM older AS o
INNER JOIN sms_metrics_by_day AS d ON d.metric_date = o.like_date;

INSERT INTO sms_active_users_by_day
SELECT o.metric_date, u.active_users
FROM older AS o
INNER JOIN sms_active_users_by_day AS u ON u.metric_date = o.like_date;

INSERT INTO sms_aggregated_hours
SELECT a.family, a.metric_hour - o.by, a.aggregated_at
FROM older AS o
INNER JOIN sms_aggregated_hours AS a ON (a.metric_hour AT TIME ZONE 'UTC')::date = o.like_date;

UPDATE sms_retention_policies SET dropped_before = (SELECT max(metric_date) + 1 FROM older) WHERE table_name = 'sms_metrics';
