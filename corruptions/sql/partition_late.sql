-- The partitions of the days to come were not made.
-- caught: full partitions.made_ahead critical
SELECT pg_temp.drop_partitions('sms_metrics', pg_temp.day_of(-24));
