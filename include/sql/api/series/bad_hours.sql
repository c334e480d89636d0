-- Hours of the span whose numbers failed a critical check, of the families that the metrics come from; those that follow
-- one another as one; where those are too many, the newest.
WITH families AS (
    SELECT DISTINCT CASE t.origin WHEN 'recorded' THEN 'recorded' ELSE wanted.family END AS family
    FROM unnest(%(metric_types)s::text[], %(families)s::text[]) AS wanted (metric_type, family)
    INNER JOIN sms_metric_types AS t ON t.metric_type = wanted.metric_type
), hours AS (
    SELECT DISTINCT b.metric_hour
    FROM sms_bad_hours AS b
    INNER JOIN families ON families.family = b.family
    WHERE b.metric_hour >= %(starts_at)s AND b.metric_hour < %(ends_at)s
), numbered AS (
    SELECT metric_hour, metric_hour - row_number() OVER (ORDER BY metric_hour) * interval '1 hour' AS island
    FROM hours
)

SELECT began, ended, hours
FROM (
    SELECT min(metric_hour) AS began, max(metric_hour) + interval '1 hour' AS ended, count(*) AS hours
    FROM numbered
    GROUP BY island
    ORDER BY began DESC
    LIMIT %(most)s
) AS newest
ORDER BY began
