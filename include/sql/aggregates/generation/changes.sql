-- Hours touched by generations that changed, and how far their changed_at reaches.
SELECT date_trunc('hour', generated_at, 'UTC') AS metric_hour, max(least(changed_at, now())) AS changed_at
FROM source_generations
WHERE changed_at >= %(since)s AND generated_at BETWEEN %(earliest)s AND %(latest)s
GROUP BY 1
