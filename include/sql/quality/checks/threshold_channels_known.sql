-- Thresholds that name a channel that there is not, where it is told or escalated.
SELECT t.alert_type, named.channel
FROM sms_alert_thresholds AS t
CROSS JOIN LATERAL (
    SELECT unnest(t.additional_channels || t.escalation_channel) AS channel
) AS named
WHERE named.channel IS NOT NULL AND NOT EXISTS (SELECT 1 FROM sms_notification_channels AS c WHERE c.channel = named.channel)
