-- Hours touched by messages that changed, and how far their changed_at reaches.
SELECT date_trunc('hour', touched.at, 'UTC') AS metric_hour, max(least(changed_at, now())) AS changed_at
FROM source_messages
CROSS JOIN LATERAL (VALUES (scheduled_at), (sent_at), (failed_at), (cancelled_at)) AS touched (at)
WHERE changed_at >= %(since)s AND touched.at BETWEEN %(earliest)s AND %(latest)s
GROUP BY 1
