-- A run that is tried again replaces what it saved before.
INSERT INTO sms_threshold_replays AS r (
    requested_by, run_id, alert_type, range_start, range_end, changes, threshold, totals, firings, incidents, chart
) VALUES (
    %(requested_by)s, %(run_id)s, %(alert_type)s, %(range_start)s, %(range_end)s, %(changes)s, %(threshold)s,
    %(totals)s, %(firings)s, %(incidents)s, %(chart)s
)
ON CONFLICT (run_id) DO UPDATE SET
    replayed_at = excluded.replayed_at, requested_by = excluded.requested_by, alert_type = excluded.alert_type,
    range_start = excluded.range_start, range_end = excluded.range_end, changes = excluded.changes,
    threshold = excluded.threshold, totals = excluded.totals, firings = excluded.firings,
    incidents = excluded.incidents, chart = excluded.chart
RETURNING r.id
