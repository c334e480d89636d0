-- A migration drops the key; nothing is doubled yet.
-- caught: full schema_indexes.sms_metrics_keys critical
ALTER TABLE sms_metrics DROP CONSTRAINT sms_metrics_key;
