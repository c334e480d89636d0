-- One row an hour of the last week: the opt-outs that the source knows of, beside those that the rollup counts.
-- What changed in the source since the hour was aggregated may or may not be counted: the rest is settled. A few may
-- differ: the product commits some long after it has dated them. Rows that are recorded, not derived, have no source.
SELECT
    hour.metric_hour,
    source.known,
    source.settled,
    coalesce(rollup.value_sum, 0) AS counted,
    greatest(0, source.settled - coalesce(rollup.value_sum, 0) - greatest(5, 0.01 * source.settled)) AS lost,
    greatest(0, coalesce(rollup.value_sum, 0) - source.known - greatest(5, 0.01 * source.known)) AS surplus
FROM
    generate_series(
        current_setting('sms_monitoring.window_start')::timestamptz,
        current_setting('sms_monitoring.window_end')::timestamptz - interval '1 hour', interval '1 hour'
    ) AS hour (metric_hour)
INNER JOIN sms_metric_types AS derived
    ON
        derived.metric_type = 'opt_out_count' AND derived.origin = 'derived'
        AND hour.metric_hour >= current_setting('sms_monitoring.now')::timestamptz - interval '7 days'
LEFT JOIN sms_aggregated_hours AS aggregated
    ON aggregated.family = 'engagement' AND aggregated.metric_hour = hour.metric_hour
CROSS JOIN LATERAL (
    SELECT
        count(*) AS known,
        count(*) FILTER (WHERE s.changed_at < aggregated.aggregated_at - interval '1 minute') AS settled
    FROM source_engagement AS s
    WHERE s.event = 'opt_out' AND s.occurred_at >= hour.metric_hour AND s.occurred_at < hour.metric_hour + interval '1 hour'
        -- What the aggregation leaves out as no user's id.
        AND coalesce(length(s.user_id), 0) <= 200
) AS source
LEFT JOIN sms_metrics_hourly AS rollup
    ON
        rollup.metric_date = (hour.metric_hour AT TIME ZONE 'UTC')::date AND rollup.metric_hour = hour.metric_hour
        AND rollup.metric_type = derived.metric_type AND rollup.dimension = 'all'
