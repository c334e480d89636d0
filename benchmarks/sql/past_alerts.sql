-- What a time of watching leaves behind: an evaluation an hour and alert type, an incident a day, each told and resolved.
SELECT sms_ensure_partitions('sms_alert_evaluations', (%(since)s AT TIME ZONE 'UTC')::date, (%(until)s AT TIME ZONE 'UTC')::date);

INSERT INTO sms_alert_evaluations (
    window_end, window_start, alert_type, entity, value, sample_size, judged_value, threshold_value, verdict, reason, replayed
)
SELECT hour, hour - interval '1 hour', alert_type, 'all', 1, 100, 1, threshold_value, 'ok', 'within_threshold', false
FROM sms_alert_thresholds
CROSS JOIN generate_series(%(since)s, %(until)s, interval '1 hour') AS hour;

WITH incident AS (
    INSERT INTO sms_alert_history (
        alert_type, severity, triggered_at, resolved_at, resolved_by, metric_value, threshold_value, sample_size,
        message, window_start, window_end
    )
    SELECT
        alert_type, severity, day AS triggered_at, day + interval '1 hour', 'recovered', 1, threshold_value, 100,
        'Delivery rate 85 ' || chr(37), day - interval '1 hour', day AS window_end
    FROM sms_alert_thresholds
    CROSS JOIN generate_series(%(since)s, %(until)s, interval '1 day') AS day
    RETURNING id, triggered_at
)

INSERT INTO sms_alert_notifications (incident_id, event, channel, dedup_key, message, status, attempts, created_at, sent_at)
SELECT id, event, 'slack', id::text, '{}', 'sent', 1, triggered_at AS created_at, triggered_at AS sent_at
FROM incident
CROSS JOIN (VALUES ('trigger'), ('resolve')) AS of_incident (event);
