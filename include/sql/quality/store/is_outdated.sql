-- Whether the hour was checked again by a run that began later and is done: what it saw is newer.
SELECT EXISTS (
    SELECT 1
    FROM sms_quality_runs AS mine
    INNER JOIN sms_quality_runs AS newer
        ON newer.plan = mine.plan AND newer.window_start = mine.window_start AND newer.window_end = mine.window_end
    WHERE
        mine.id = %(run_id)s AND newer.started_at > mine.started_at
        -- A run that ended early has seen nothing.
        AND newer.finished_at IS NOT NULL AND newer.error IS NULL
) AS outdated
