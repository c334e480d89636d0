-- Take the next rows that are due, longest due first. Rows that others hold are passed over, not waited for.
-- A claim that outlived its lease is free; so is this worker's own: whoever made it under this name is dead.
-- A resolve is due once its trigger is delivered. MATERIALIZED, so that the LIMIT is applied exactly once.
WITH due AS MATERIALIZED (
    SELECT n.id
    FROM sms_alert_notifications AS n
    WHERE
        n.channel = %(channel)s
        AND n.status IN ('pending', 'sending')
        AND n.next_attempt_at <= now()
        AND (n.status = 'pending' OR n.lease_until < now() OR n.claimed_by = %(worker)s)
        AND (
            n.event <> 'resolve'
            -- At most one row, by the unique index; a scalar, so that the planner cannot hash the whole table for it.
            OR 'sent' = (
                SELECT t.status
                FROM sms_alert_notifications AS t
                WHERE t.incident_id = n.incident_id AND t.channel = n.channel AND t.event = 'trigger'
                    AND t.status NOT IN ('suppressed', 'failed')
            )
        )
    ORDER BY n.next_attempt_at, n.id
    LIMIT %(max_rows)s
    FOR UPDATE OF n SKIP LOCKED
), claimed AS (
    UPDATE sms_alert_notifications AS n
    SET
        status = 'sending',
        attempts = n.attempts + 1,
        claimed_by = %(worker)s,
        lease_until = clock_timestamp() + %(lease)s::interval
    FROM due
    WHERE n.id = due.id
    RETURNING n.id, n.message, n.attempts, n.next_attempt_at
)
SELECT id, message, attempts FROM claimed ORDER BY next_attempt_at, id
