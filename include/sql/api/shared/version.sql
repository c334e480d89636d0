-- What changes whenever an answer about the stored numbers or alerts may be another one.
SELECT
    current_database() AS database,
    current_schema() AS schema,
    (SELECT max(aggregated_at) FROM sms_aggregated_hours) AS aggregated_at,
    (SELECT max(last_refreshed) FROM sms_metrics_daily) AS refreshed_at,
    (SELECT max(id) FROM sms_alert_transitions) AS transition_id,
    (SELECT max(id) FROM sms_alert_audit) AS audit_id
