-- Percent of the texts produced in the window that fell back to a template because the LLM failed.
SELECT
    'all' AS entity,
    100 * coalesce(sum(value_sum) FILTER (WHERE metric_type = 'template_fallback_count'), 0) / sum(value_sum) AS value,
    sum(value_sum)::bigint AS sample_size
FROM sms_metrics_hourly
WHERE
    metric_date BETWEEN (%(window_start)s AT TIME ZONE 'UTC')::date AND (%(window_end)s AT TIME ZONE 'UTC')::date
    AND metric_hour >= %(window_start)s AND metric_hour < %(window_end)s
    AND metric_type IN ('llm_success_count', 'template_fallback_count')
    AND dimension = 'all'
HAVING sum(value_sum) > 0
