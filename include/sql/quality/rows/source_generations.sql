-- One row a day of the newest two: how many texts of the source are wrong in which way.
SELECT
    (generated_at AT TIME ZONE 'UTC')::date AS generated_on,
    count(*) AS texts,
    count(*) FILTER (WHERE (outcome IN ('llm', 'template')) IS NOT TRUE) AS unknown_outcomes,
    count(*) FILTER (WHERE changed_at IS NULL) AS without_change_time,
    count(*) FILTER (WHERE generated_at > current_setting('sms_monitoring.now')::timestamptz + interval '5 minutes')
        AS in_the_future,
    count(*) FILTER (WHERE cost_usd < 0 OR cost_usd > 100) AS odd_costs,
    count(*) FILTER (WHERE duration_ms < 0 OR duration_ms > 3600000) AS odd_durations,
    count(*) FILTER (WHERE outcome = 'llm' AND cost_usd IS NULL) AS without_cost
FROM source_generations
WHERE
    generated_at >= current_setting('sms_monitoring.window_end')::timestamptz - interval '2 days'
GROUP BY 1
