-- An hour that is bad still keeps the time since when.
INSERT INTO sms_bad_hours (family, metric_hour, run_id, checks)
VALUES (%(family)s, %(metric_hour)s, %(run_id)s, %(checks)s)
ON CONFLICT (family, metric_hour) DO UPDATE SET run_id = excluded.run_id, checks = excluded.checks
