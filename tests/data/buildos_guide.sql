-- Every SQL statement of the BuildOS monitoring guide, letter for letter, but one: its index usage query asks
-- pg_stat_user_indexes for columns "tablename" and "indexname", which no PostgreSQL has (see test_guide_sql.py).

SELECT * FROM sms_metrics LIMIT 1;

SELECT * FROM sms_alert_thresholds WHERE enabled = true;

SELECT alert_type, last_triggered_at,
  NOW() - last_triggered_at AS time_since_trigger
FROM sms_alert_thresholds;

SELECT * FROM check_sms_alerts();

-- Update delivery rate critical threshold
UPDATE sms_alert_thresholds
SET threshold_value = 85.0  -- Lower to 85%
WHERE alert_type = 'delivery_rate_critical';

-- Disable an alert temporarily
UPDATE sms_alert_thresholds
SET enabled = false
WHERE alert_type = 'llm_cost_spike_warning';

-- Change notification channel
UPDATE sms_alert_thresholds
SET notification_channel = 'slack'
WHERE alert_type = 'delivery_rate_critical';

-- Adjust cooldown period
UPDATE sms_alert_thresholds
SET cooldown_minutes = 120  -- 2 hours
WHERE alert_type = 'llm_failure_critical';

-- Add new alert type (requires code update for logic)
INSERT INTO sms_alert_thresholds (
  alert_type,
  threshold_value,
  comparison_operator,
  severity,
  notification_channel,
  cooldown_minutes
) VALUES (
  'custom_metric_alert',
  100.0,
  '>',
  'warning',
  'slack',
  60
);

-- Check if metrics table has data
SELECT COUNT(*), MAX(created_at) FROM sms_metrics;

-- Check if materialized view is up to date
SELECT metric_date, last_refreshed FROM sms_metrics_daily
ORDER BY metric_date DESC LIMIT 1;

REFRESH MATERIALIZED VIEW CONCURRENTLY sms_metrics_daily;

-- Check daily LLM costs
SELECT metric_date, SUM(metric_value) as daily_cost
FROM sms_metrics
WHERE metric_type = 'llm_cost_usd'
AND metric_date >= CURRENT_DATE - 30
GROUP BY metric_date
ORDER BY metric_date DESC;

-- Check per-user costs
SELECT user_id, SUM(metric_value) as user_cost
FROM sms_metrics
WHERE metric_type = 'llm_cost_usd'
AND metric_date >= CURRENT_DATE - 7
GROUP BY user_id
ORDER BY user_cost DESC
LIMIT 10;

-- Check failed message errors
SELECT twilio_error_code, twilio_error_message, COUNT(*)
FROM sms_messages
WHERE status = 'failed'
AND created_at >= CURRENT_DATE
GROUP BY twilio_error_code, twilio_error_message
ORDER BY COUNT(*) DESC;

-- Check delivery by hour
SELECT DATE_TRUNC('hour', sent_at) as hour,
  COUNT(*) as sent,
  SUM(CASE WHEN status = 'delivered' THEN 1 ELSE 0 END) as delivered
FROM sms_messages
WHERE sent_at >= CURRENT_DATE
GROUP BY hour
ORDER BY hour DESC;

-- Archive old metrics (older than 90 days)
DELETE FROM sms_metrics
WHERE metric_date < CURRENT_DATE - 90;
