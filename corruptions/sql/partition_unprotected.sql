-- Row security is switched off on a partition.
-- caught: full partitions.row_security_on warning
SELECT pg_temp.expose_partition('sms_metrics', pg_temp.day_of(48));
