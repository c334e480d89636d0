"""The figures that this project promises, measured: ``python -m benchmarks`` (``make bench``).

One module a benchmark; each has ``run(bench) -> {figure: value}``. What every figure means, and the last numbers:
``docs/BENCHMARKS.md``.

``bench``      what a benchmark is given: the server, the size, progress; and the ways to take times
``databases``  databases with simulated traffic, dropped again at the end
``figures``    every figure with its target
``simulator``  ``simulator_messages_per_second``
``refresh``    ``refresh_speedup_1m``, ``refresh_speedup_5m``
``recompute``  ``recompute_ratio``, against the statement that ``bare_insert`` composes
``history``    ``hourly_history_ratio``
``parsing``    ``dag_parse_ratio``
``delivery``   ``dispatch_rows_per_second`` and what it is compared with: processes of ``team``, local ``receivers``
``detection``  ``false_alerts_per_series_week``, ``detection_within_2h`` and the naive rule's, counted by ``scoring``
``evaluation`` ``evaluate_ratio``
``quality``    ``full_suite_seconds``, ``full_suite_mb``, ``gate_database_seconds``, ``gate_share``
``dashboard``  of an Airflow in ``server``: ``dashboard_kilobytes``, ``dashboard_first_chart_ms`` (``browsing``),
               ``api_overhead_ratio`` (``overhead``, ``statements``), ``api_load_p95_ratio`` (``load``)
"""
