-- Hours touched by events that changed, and how far their changed_at reaches.
SELECT date_trunc('hour', occurred_at, 'UTC') AS metric_hour, max(least(changed_at, now())) AS changed_at
FROM source_engagement
WHERE changed_at >= %(since)s AND occurred_at BETWEEN %(earliest)s AND %(latest)s
GROUP BY 1
