-- So many incidents wait to be told in one channel; each was tried twice, in vain.
WITH incident AS (
    INSERT INTO sms_alert_history (
        alert_type, entity, severity, triggered_at, announced_at, metric_value, threshold_value, sample_size,
        message, window_start, window_end
    )
    SELECT
        'delivery_rate_critical', 'drill-' || number, 'critical', now(), now(), 85, 90, 1240,
        'SMS delivery rate is low', now() - interval '1 hour', now()
    FROM generate_series(1, %(rows)s) AS number
    RETURNING id, entity
)

INSERT INTO sms_alert_notifications (incident_id, event, channel, dedup_key, message, attempts, last_error)
SELECT
    id, 'trigger', %(channel)s, 'sms-monitoring/' || id,
    %(message)s::jsonb || jsonb_build_object('entity', entity, 'dedup_key', 'sms-monitoring/' || id),
    2, 'the channel answered 500'
FROM incident
