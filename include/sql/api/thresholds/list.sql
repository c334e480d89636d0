-- Thresholds, and where each stands: of several entities the one that is worst off.
WITH standing AS (
    SELECT DISTINCT ON (c.alert_type) c.*
    FROM check_sms_alerts() AS c
    ORDER BY
        c.alert_type ASC, c.is_triggered DESC,
        array_position('{firing,recovering,pending,error,no_data,insufficient_data,ok}'::text [], c.state) ASC NULLS LAST,
        c.entity ASC
)
SELECT
    t.alert_type, t.threshold_value, t.comparison_operator, t.severity, t.notification_channel, t.cooldown_minutes,
    t.enabled, t.last_triggered_at, t.minimum_sample, t.confidence, t.created_at, t.pending_evaluations,
    t.recovery_evaluations, t.recovery_threshold, t.widen_to_hours, t.long_window_hours, t.long_window_minimum_sample,
    t.no_data_policy, t.evaluation_delay_hours, t.repeat_interval_minutes, t.escalation_channel,
    t.escalate_after_minutes, t.additional_channels, t.owner, t.runbook_url,
    c.state, c.entity, c.current_value, c.sample_size, c.reason, c.state_since, c.window_start, c.window_end, c.incident_id,
    -- The engine notes when it was last past; no person changes anything by that.
    md5((to_jsonb(t) - 'last_triggered_at')::text) AS version
FROM sms_alert_thresholds AS t
INNER JOIN standing AS c ON c.alert_type = t.alert_type
WHERE %(alert_type)s::text IS NULL OR t.alert_type = %(alert_type)s::text
ORDER BY t.alert_type
