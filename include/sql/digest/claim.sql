-- Take the digest of one day and recipient list, unless it is sent or another live worker has it. A task that
-- runs again under the same name takes over at once: its earlier process is dead. No row: not ours.
INSERT INTO sms_digest_log AS d (digest_date, recipients, status, claimed_by, lease_until)
VALUES (%(digest_date)s, %(recipients)s, 'sending', %(worker)s, clock_timestamp() + %(lease)s::interval)
ON CONFLICT (digest_date, recipients) DO UPDATE
SET
    status = 'sending',
    attempts = d.attempts + 1,
    claimed_by = excluded.claimed_by,
    lease_until = excluded.lease_until
WHERE
    d.status = 'failed'
    OR (d.status = 'sending' AND (d.claimed_by = excluded.claimed_by OR d.lease_until < clock_timestamp()))
RETURNING attempts, message_id
