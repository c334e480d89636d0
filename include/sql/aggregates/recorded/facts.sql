-- What applications recorded with record_sms_metric() is in sms_metrics already; here it joins the rollup.
-- Each row is a sum over sample_count observations.
INSERT INTO sms_facts (metric_hour, user_id, metric_type, value, observations, changed_at)
SELECT m.metric_hour, m.user_id, m.metric_type, m.metric_value, m.sample_count, m.created_at
FROM sms_metrics AS m
INNER JOIN sms_metric_types AS t ON t.metric_type = m.metric_type
WHERE
    t.origin = 'recorded'
    AND m.metric_date BETWEEN (%(window_start)s AT TIME ZONE 'UTC')::date AND (%(window_end)s AT TIME ZONE 'UTC')::date
    AND m.metric_hour >= %(window_start)s AND m.metric_hour < %(window_end)s
