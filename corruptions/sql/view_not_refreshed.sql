-- The view was last refreshed yesterday.
-- caught: full sms_metrics_daily.view_fresh warning
SELECT pg_temp.redefine_view('now() AS last_refreshed', 'now() - interval ''1 day'' AS last_refreshed');
