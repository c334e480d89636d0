-- A cost below zero or not a number would spoil the whole hour: such facts are left out, counted and reported.
WITH rejected AS (
    DELETE FROM sms_facts
    WHERE value < 0 OR value IN ('NaN', 'Infinity')
    RETURNING metric_type
)
SELECT metric_type, count(*) AS facts FROM rejected GROUP BY metric_type ORDER BY metric_type
