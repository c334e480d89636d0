-- An outbox in which so many incidents wait to be told in one channel, and nothing else.
DELETE FROM sms_alert_notifications;
DELETE FROM sms_alert_history;

WITH incident AS (
    INSERT INTO sms_alert_history (
        alert_type, entity, severity, triggered_at, announced_at, metric_value, threshold_value, sample_size,
        message, window_start, window_end
    )
    SELECT
        %(alert_type)s, 'carrier-' || number, 'critical', now(), now(), 85, 90, 1240,
        'SMS delivery rate is low', now() - interval '1 hour', now()
    FROM generate_series(1, %(rows)s) AS number
    RETURNING id, entity
)

INSERT INTO sms_alert_notifications (incident_id, event, channel, dedup_key, message)
SELECT
    id, 'trigger', %(channel)s, 'sms-monitoring/' || id,
    %(message)s::jsonb || jsonb_build_object('entity', entity, 'dedup_key', 'sms-monitoring/' || id)
FROM incident;
