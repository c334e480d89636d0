-- Takes all days out of the dirty-day log; they are back the moment this transaction fails.
WITH claimed AS (DELETE FROM sms_dirty_days RETURNING metric_date)
SELECT DISTINCT metric_date FROM claimed ORDER BY metric_date
