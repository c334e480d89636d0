-- Take the next rows that are due, longest due first. Rows that others hold are passed over, not waited for.
-- A claim that outlived its lease is free; so is this worker's own: whoever made it under this name is dead.
-- Rows with which a worker died again and again are suspects, claimed apart from all others.
-- MATERIALIZED, so that the LIMIT is applied exactly once.
WITH due AS MATERIALIZED (
    SELECT n.id
    FROM sms_alert_notifications AS n
    WHERE
        n.channel = %(channel)s
        AND n.status IN ('pending', 'sending')
        AND n.next_attempt_at <= now()
        AND (n.status = 'pending' OR n.lease_until < now() OR n.claimed_by = %(worker)s)
        AND (n.status = 'sending' AND n.attempts >= %(suspect_after)s) = %(suspects)s
        AND n.id <> ALL (%(but_for)s::bigint [])
        -- Scalar subqueries with a LIMIT, so that the planner looks into an index for each and never hashes the table.
        AND CASE
            -- The beginning of the incident was told here.
            WHEN n.event IN ('repeat', 'acknowledge', 'resolve') THEN (
                SELECT true
                FROM sms_alert_notifications AS t
                WHERE
                    t.incident_id = n.incident_id AND t.channel = n.channel AND t.event IN ('trigger', 'escalate')
                    AND t.status NOT IN ('suppressed', 'failed') AND t.status = 'sent'
                LIMIT 1
            )
            -- It is not just about to be.
            WHEN n.event = 'escalate' THEN (
                SELECT false
                FROM sms_alert_notifications AS t
                WHERE
                    t.incident_id = n.incident_id AND t.channel = n.channel AND t.event = 'trigger'
                    AND t.status NOT IN ('suppressed', 'failed') AND t.status <> 'sent'
                LIMIT 1
            ) IS NULL
            ELSE true
        END
        -- An end is the last that is said: what was begun may get through at any time until it is settled.
        AND (
            n.event <> 'resolve'
            OR 0 = (
                SELECT count(*)
                FROM sms_alert_notifications AS o
                WHERE
                    o.incident_id = n.incident_id AND o.channel = n.channel AND o.event <> 'resolve'
                    AND o.status NOT IN ('suppressed', 'failed') AND o.status <> 'sent'
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
    RETURNING n.id, n.message, n.attempts, n.next_attempt_at, clock_timestamp() - n.created_at AS age
)
SELECT id, message, attempts, age FROM claimed ORDER BY next_attempt_at, id
