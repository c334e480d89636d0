-- The hours that were bad when last looked at; the longest ago first.
SELECT b.metric_hour
FROM sms_bad_hours AS b
LEFT JOIN sms_quality_runs AS r ON r.id = b.run_id
WHERE b.metric_hour >= %(since)s AND b.metric_hour < %(until)s
GROUP BY b.metric_hour
ORDER BY max(r.started_at) NULLS FIRST, b.metric_hour
LIMIT %(most)s
