-- A cost below zero or beyond all sense, or a user id that no index takes, would spoil the whole hour: such facts
-- are left out, counted and reported.
WITH rejected AS (
    DELETE FROM sms_facts
    WHERE value < 0 OR value > 1e12 OR value = 'NaN' OR length(user_id) > 200
    RETURNING metric_type
)
SELECT metric_type, count(*) AS facts FROM rejected GROUP BY metric_type ORDER BY metric_type
