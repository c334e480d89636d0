DELETE FROM sms_bad_hours
WHERE metric_hour = %(metric_hour)s AND family <> ALL(%(still_bad)s)
