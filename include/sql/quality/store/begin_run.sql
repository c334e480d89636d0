INSERT INTO sms_quality_runs (plan, window_start, window_end, dag_run_id)
VALUES (%(plan)s, %(window_start)s, %(window_end)s, %(dag_run_id)s)
RETURNING id
