-- Somebody makes the view anew, over messages that were delivered only.
-- caught: full sms_metrics_daily.view_equals_days critical
SELECT pg_temp.redefine_view('metric_type = ''sent_count''', 'metric_type = ''delivered_count''');
