-- What the carrier says became of a message: status callbacks that the webhook received.
-- No phone number and no text: only which message, what became of it, and when we heard of it.

-- In order: what comes later overrides what comes before, in whatever order the callbacks arrive.
CREATE TYPE sms_receipt_status AS ENUM (
    'accepted', 'scheduled', 'queued', 'sending', 'sent',
    -- Final.
    'canceled', 'failed', 'undelivered', 'delivered', 'read'
);

CREATE TABLE sms_delivery_receipts (
    message_sid       text PRIMARY KEY CHECK (message_sid <> ''),
    status            sms_receipt_status NOT NULL,
    -- The carrier's reason for this status.
    error_code        integer,
    first_received_at timestamptz NOT NULL DEFAULT now(),
    -- When the row last changed; a repeated callback changes nothing.
    updated_at        timestamptz NOT NULL DEFAULT now(),
    -- When we first heard that it was delivered (or read), and that it failed (or was undelivered).
    delivered_at      timestamptz,
    failed_at         timestamptz
) WITH (fillfactor = 80);  -- a row changes two or three times within seconds
CREATE INDEX sms_delivery_receipts_first_received ON sms_delivery_receipts (first_received_at);
COMMENT ON TABLE sms_delivery_receipts IS
'What the carrier says became of each message, one row a message; kept for as long as sms_metrics of its day.';

-- Which message a receipt is about. A preset over a product that keeps the carrier's id of a message replaces this
-- view; without one, receipts are stored and count for nothing.
CREATE VIEW source_message_sids AS
SELECT NULL::text AS message_sid, NULL::timestamptz AS sent_at
WHERE false;
COMMENT ON VIEW source_message_sids IS 'When each message was sent, by the carrier''s id of it.';
