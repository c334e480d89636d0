-- What was sent, and what became of it, by step and value of a dimension: the busiest values by themselves,
-- all others together under a null name.
WITH sums AS MATERIALIZED (
    SELECT
        date_bin(%(step)s::interval, metric_hour, %(starts_at)s) AS at,
        dimension_value AS name,
        coalesce(sum(value_sum) FILTER (WHERE metric_type = 'sent_count'), 0) AS sent,
        coalesce(sum(value_sum) FILTER (WHERE metric_type = 'delivered_count'), 0) AS delivered
    FROM sms_metrics_hourly
    WHERE
        metric_date BETWEEN (%(starts_at)s AT TIME ZONE 'UTC')::date AND (%(ends_at)s AT TIME ZONE 'UTC')::date
        AND metric_hour >= %(starts_at)s AND metric_hour < %(ends_at)s
        AND metric_type IN ('sent_count', 'delivered_count')
        AND dimension = %(dimension)s
    GROUP BY at, name
), places AS (
    SELECT name, row_number() OVER (ORDER BY sum(sent) DESC, name) AS place
    FROM sums
    GROUP BY name
)

SELECT
    sums.at,
    CASE WHEN places.place <= %(most)s THEN sums.name END AS name,
    least(places.place, %(most)s + 1) AS line,
    sum(sums.sent) AS sent,
    sum(sums.delivered) AS delivered,
    (SELECT greatest(count(every.name) - %(most)s, 0) FROM places AS every) AS others
FROM sums
INNER JOIN places ON places.name = sums.name
GROUP BY sums.at, CASE WHEN places.place <= %(most)s THEN sums.name END, least(places.place, %(most)s + 1)
ORDER BY line, sums.at
