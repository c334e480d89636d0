-- An index is left invalid by a migration that was cut off.
-- caught: full schema_indexes.sms_alert_history_keys critical
UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'sms_alert_history_one_open'::regclass;
