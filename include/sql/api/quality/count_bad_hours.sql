-- How many hours are not judged, whatever the family.
SELECT count(DISTINCT metric_hour) AS bad_hours FROM sms_bad_hours
