-- A load runs twice after somebody dropped the key: a day stands in duplicate.
-- caught: full sms_metrics.keys_unique critical
ALTER TABLE sms_metrics DROP CONSTRAINT sms_metrics_key;
INSERT INTO sms_metrics SELECT * FROM sms_metrics WHERE metric_date = pg_temp.day_of(300) LIMIT 50;
