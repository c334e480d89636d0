-- Somebody adds a default partition to make an error go away.
-- caught: full partitions.no_default_partition warning
CREATE TABLE sms_metrics_default PARTITION OF sms_metrics DEFAULT;
ALTER TABLE sms_metrics_default ENABLE ROW LEVEL SECURITY;
