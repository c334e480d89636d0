-- Breaches that a backfill found in hours long over, judged for the record only.
SELECT count(*) AS breaches FROM sms_alert_evaluations WHERE replayed AND verdict = 'breach'
