-- All that happened about an incident, the newest first.
SELECT at, what, who, nullif(detail, '') AS detail
FROM (
    SELECT at, what, who, detail, row_number() OVER () AS place
    FROM sms_alert_timeline
    WHERE incident_id = %(incident_id)s
) AS e
ORDER BY place DESC
LIMIT %(most)s
