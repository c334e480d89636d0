-- Hours touched by events that changed, and how far their changed_at reaches.
SELECT date_trunc('hour', occurred_at, 'UTC') AS metric_hour, max(changed_at) AS changed_at
FROM source_engagement
WHERE changed_at >= %(since)s AND occurred_at IS NOT NULL
GROUP BY 1
