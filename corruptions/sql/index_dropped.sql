-- An index of the outbox is dropped in the night.
-- caught: full schema_indexes.indexes_present warning
DROP INDEX sms_alert_notifications_due;
