-- What the events tell of: acknowledged, or over.
UPDATE sms_alert_history
SET
    acknowledged_at = CASE WHEN %(event)s = 'acknowledge' THEN now() ELSE acknowledged_at END,
    acknowledged_by = CASE WHEN %(event)s = 'acknowledge' THEN 'chaos' ELSE acknowledged_by END,
    resolved_at = CASE WHEN %(event)s = 'resolve' THEN now() ELSE resolved_at END,
    resolved_by = CASE WHEN %(event)s = 'resolve' THEN 'chaos' ELSE resolved_by END
WHERE id = %(id)s AND %(event)s IN ('acknowledge', 'resolve')
