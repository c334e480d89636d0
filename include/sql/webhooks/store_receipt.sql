-- Stores what became of a message; what was heard before and says more stays. When it is news that the message was
-- delivered, or that it failed, the hour of its send is counted again.
WITH heard AS (
    SELECT status, now() AS at
    FROM (SELECT %(status)s::sms_receipt_status AS status) AS given
), stored AS (
    INSERT INTO sms_delivery_receipts AS r (message_sid, status, error_code, delivered_at, failed_at)
    SELECT
        %(message_sid)s, status, %(error_code)s::integer,
        CASE WHEN status IN ('delivered', 'read') THEN at END,
        CASE WHEN status IN ('failed', 'undelivered') THEN at END
    FROM heard
    ON CONFLICT (message_sid) DO UPDATE SET
        status = greatest(r.status, excluded.status),
        error_code = CASE
            WHEN excluded.status > r.status THEN excluded.error_code
            WHEN excluded.status = r.status THEN greatest(r.error_code, excluded.error_code)
            ELSE r.error_code
        END,
        delivered_at = coalesce(r.delivered_at, excluded.delivered_at),
        failed_at = coalesce(r.failed_at, excluded.failed_at),
        updated_at = excluded.updated_at
    WHERE
        (excluded.status, coalesce(excluded.error_code, -1)) > (r.status, coalesce(r.error_code, -1))
        OR (r.delivered_at IS NULL AND excluded.delivered_at IS NOT NULL)
        OR (r.failed_at IS NULL AND excluded.failed_at IS NOT NULL)
    RETURNING r.message_sid, r.delivered_at, r.failed_at
)

INSERT INTO sms_dirty_hours (family, metric_hour)
SELECT 'delivery', date_trunc('hour', m.sent_at, 'UTC')
FROM stored
INNER JOIN source_message_sids AS m ON m.message_sid = stored.message_sid
WHERE
    now() IN (stored.delivered_at, stored.failed_at)
    AND m.sent_at BETWEEN '1970-01-01 00:00:00+00' AND now() + interval '1 hour'
