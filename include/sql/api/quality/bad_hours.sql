-- Hours whose numbers are not judged, the newest first, from behind a row on.
SELECT family, metric_hour, marked_at, run_id, checks
FROM sms_bad_hours
WHERE
    %(before)s::timestamptz IS NULL
    OR metric_hour < %(before)s::timestamptz
    OR (metric_hour = %(before)s::timestamptz AND family > %(before_family)s::text)
ORDER BY metric_hour DESC, family ASC
LIMIT %(row_limit)s
