-- Takes hours out of the dirty-hour log; they are back the moment this transaction fails.
-- A change noticed from here on appends a new row, and is recomputed again.
WITH next AS (
    SELECT DISTINCT metric_hour
    FROM sms_dirty_hours
    WHERE family = %(family)s AND metric_hour >= %(window_start)s AND metric_hour < %(window_end)s
    ORDER BY metric_hour
    LIMIT %(hours_at_once)s
), claimed AS (
    DELETE FROM sms_dirty_hours AS d
    USING next
    WHERE d.family = %(family)s AND d.metric_hour = next.metric_hour
    RETURNING d.metric_hour
)
SELECT DISTINCT metric_hour FROM claimed ORDER BY metric_hour
