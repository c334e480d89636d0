-- Receipts of messages whose hours are refused (see aggregates/steps/refused_hours.sql). A message was sent before it was
-- heard to be delivered or to have failed; a day is added for clocks that differ.
WITH dropped AS (
    SELECT (max(dropped_before) - 1)::timestamp AT TIME ZONE 'UTC' AS before
    FROM sms_retention_policies
    WHERE table_name IN ('sms_metrics', 'sms_metrics_hourly')
)

DELETE FROM sms_delivery_receipts
WHERE message_sid = ANY(ARRAY(
    SELECT r.message_sid
    FROM sms_delivery_receipts AS r
    WHERE
        r.first_received_at < (SELECT dropped.before FROM dropped)
        -- A message scheduled with the carrier is heard of long before it is sent.
        AND r.updated_at < (SELECT dropped.before FROM dropped)
    LIMIT %(batch)s
))
