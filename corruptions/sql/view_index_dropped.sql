-- The view's unique index is gone: it can no longer be refreshed while it is read.
-- caught: full schema_indexes.sms_metrics_daily_keys critical
DROP INDEX sms_metrics_daily_date;
