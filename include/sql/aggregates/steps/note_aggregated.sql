INSERT INTO sms_aggregated_hours AS a (family, metric_hour)
SELECT %(family)s, h.metric_hour FROM unnest(%(hours)s::timestamptz[]) AS h (metric_hour)
ON CONFLICT (family, metric_hour) DO UPDATE SET aggregated_at = excluded.aggregated_at
