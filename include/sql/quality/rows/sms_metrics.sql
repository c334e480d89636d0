-- One row a day and metric type: how many rows, how far their values reach, and how many hours are wrong in which way.
-- Added up by hour first: what is asked of an hour is then asked once an hour, not once a row.
-- Day by day, so that each day reads its own partition and its hours fit into memory.
WITH days AS (
    SELECT day::date AS metric_date
    FROM generate_series(
        (current_setting('sms_monitoring.window_start')::timestamptz AT TIME ZONE 'UTC')::date::timestamp,
        -- Days after the window too: the future is one of the faults.
        (current_setting('sms_monitoring.window_end')::timestamptz AT TIME ZONE 'UTC')::date + interval '31 days',
        interval '1 day'
    ) AS day
), hours AS (
    SELECT day.metric_date, hour.*
    FROM days AS day
    CROSS JOIN LATERAL (
        SELECT
            m.metric_hour, m.metric_type,
            count(*) AS row_count,
            count(m.metric_value) AS values_known,
            count(m.sample_count) AS samples_known,
            min(m.metric_value) AS lowest_value,
            max(m.metric_value) AS highest_value,
            sum(m.metric_value) AS value_sum,
            min(m.sample_count) AS smallest_sample,
            count(*) FILTER (WHERE m.user_id = '') AS nameless_users
        FROM sms_metrics AS m
        WHERE m.metric_date = day.metric_date
        GROUP BY m.metric_hour, m.metric_type
    ) AS hour
)

SELECT
    h.metric_date, h.metric_type, t.kind,
    sum(h.row_count)::bigint AS row_count,
    sum(2 * h.row_count - h.values_known - h.samples_known)::bigint + count(*) FILTER (WHERE h.metric_hour IS NULL) AS missing_values,
    min(h.lowest_value) AS lowest_value,
    -- Not a number is above all numbers.
    max(h.highest_value) AS highest_value,
    min(h.smallest_sample) AS smallest_sample,
    count(*) FILTER (
        -- Of what an application records by itself, a fraction may be meant.
        WHERE t.unit = 'count' AND t.origin = 'derived' AND h.value_sum < 1e15
        AND (
            h.value_sum <> trunc(h.value_sum) OR h.lowest_value <> trunc(h.lowest_value) OR h.highest_value <> trunc(h.highest_value)
        )
    ) AS hours_with_fractions,
    sum(h.nameless_users)::bigint AS nameless_users,
    count(*) FILTER (WHERE h.metric_hour <> date_trunc('hour', h.metric_hour, 'UTC')) AS off_the_hour,
    count(*) FILTER (WHERE (h.metric_hour AT TIME ZONE 'UTC')::date <> h.metric_date) AS misdated,
    count(*) FILTER (WHERE h.metric_hour > current_setting('sms_monitoring.now')::timestamptz) AS in_the_future
FROM hours AS h
LEFT JOIN sms_metric_types AS t ON t.metric_type = h.metric_type
GROUP BY h.metric_date, h.metric_type, t.kind
