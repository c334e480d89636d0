-- dropped_before only ever moves forward.
UPDATE sms_retention_policies
SET dropped_before = greatest(dropped_before, (%(until)s::timestamptz AT TIME ZONE 'UTC')::date)
WHERE table_name = %(table)s
