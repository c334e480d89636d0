-- A migration renames a column.
-- caught: full schema_columns.sms_metrics_columns critical
ALTER TABLE sms_metrics RENAME COLUMN sample_count TO observations;
