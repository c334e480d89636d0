-- A partition in the middle was detached.
-- caught: full partitions.no_gaps critical
SELECT pg_temp.detach_partition('sms_metrics', pg_temp.day_of(480));
