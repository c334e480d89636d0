-- A join in the view multiplies its messages.
-- caught: full source_messages.ids_unique critical
SELECT pg_temp.rewrap_view('source_messages', 'SELECT v.* FROM (%s) AS v CROSS JOIN generate_series(1, 2)');
