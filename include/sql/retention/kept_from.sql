-- The oldest UTC day that a table's policy keeps, by the database's own clock.
SELECT
    keep_days,
    (now() AT TIME ZONE 'UTC')::date - keep_days AS first_day
FROM sms_retention_policies
WHERE table_name = %(table)s
