-- A migration changes amounts to floating point.
-- caught: full schema_columns.sms_metrics_columns critical
ALTER TABLE sms_metrics ALTER COLUMN metric_value TYPE double precision;
