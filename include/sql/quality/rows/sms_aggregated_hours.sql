-- One row a family: which hours of the window it has aggregated, and what waits.
WITH bounds AS (
    SELECT
        current_setting('sms_monitoring.window_start')::timestamptz AS window_start,
        current_setting('sms_monitoring.window_end')::timestamptz AS window_end,
        current_setting('sms_monitoring.now')::timestamptz AS moment
), families AS (
    SELECT family FROM unnest('{delivery,generation,engagement,recorded}'::text []) AS f (family)
    UNION
    SELECT family FROM sms_aggregated_hours
), done AS (
    SELECT
        a.family,
        count(*) FILTER (WHERE a.metric_hour >= b.window_start AND a.metric_hour < b.window_end) AS hours_in_window,
        -- A young database has no earlier hours.
        greatest(min(a.metric_hour), min(b.window_start)) AS first_hour,
        max(a.metric_hour) FILTER (WHERE a.metric_hour <= b.moment) AS newest_hour,
        count(*) FILTER (WHERE a.metric_hour > b.moment) AS hours_ahead,
        count(*) FILTER (
            WHERE a.metric_hour >= b.window_start AND a.metric_hour < b.window_end
            AND a.aggregated_at < a.metric_hour + interval '1 hour'
        ) AS hours_cut_short
    FROM sms_aggregated_hours AS a
    CROSS JOIN bounds AS b
    GROUP BY a.family
)

SELECT
    f.family,
    done.newest_hour,
    round(extract(EPOCH FROM b.moment - done.newest_hour) / 3600, 1) AS hours_behind,
    (extract(EPOCH FROM b.window_end - done.first_hour) / 3600)::bigint - done.hours_in_window AS hours_missing,
    done.hours_ahead,
    done.hours_cut_short,
    coalesce((
        SELECT round(extract(EPOCH FROM b.moment - min(d.noticed_at)) / 3600, 1) FROM sms_dirty_hours AS d
        WHERE d.family = f.family AND d.metric_hour < b.window_end
    ), 0) AS longest_wait_hours,
    coalesce((
        SELECT greatest(extract(EPOCH FROM w.changed_through - b.moment), 0) FROM sms_source_watermarks AS w
        WHERE w.family = f.family
    ), 0) AS watermark_seconds_ahead
FROM families AS f
CROSS JOIN bounds AS b
LEFT JOIN done ON done.family = f.family
