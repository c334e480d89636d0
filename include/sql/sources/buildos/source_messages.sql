-- One row a message. Times are when each thing happened, null where it did not (yet).
-- What the product does not know of a message that it sent, the carrier's receipt may. It is looked up for each such
-- message: a join would read every receipt that is kept. Messages never sent stand apart, so that they are found by an
-- index on failed_at.
CREATE VIEW source_messages AS
SELECT
    m.id::text AS message_id,
    m.user_id::text AS user_id,
    m.carrier,
    m.campaign_id AS campaign,
    m.created_at AS scheduled_at,
    m.sent_at,
    coalesce(
        m.delivered_at, (SELECT r.delivered_at FROM sms_delivery_receipts AS r WHERE r.message_sid = m.twilio_sid)
    ) AS delivered_at,
    coalesce(
        m.failed_at,
        CASE WHEN m.delivered_at IS NULL THEN (
            SELECT r.failed_at FROM sms_delivery_receipts AS r WHERE r.message_sid = m.twilio_sid
        ) END
    ) AS failed_at,
    m.cancelled_at,
    m.sms_cost_usd,
    m.updated_at AS changed_at
FROM sms_messages AS m
WHERE m.sent_at IS NOT NULL
UNION ALL
SELECT
    id::text, user_id::text, carrier, campaign_id, created_at, sent_at, delivered_at, failed_at, cancelled_at,
    sms_cost_usd, updated_at
FROM sms_messages
WHERE sent_at IS NULL;
