"""A proposed threshold over the stored history: what it would have said, without touching live state.

``request``   what is asked for: alert type, changes, range (checked early)
``proposal``  the threshold as it is now and as it is proposed, by the rules of the table itself
``run``       both over the same hours, in one read-only snapshot
``service``   the three above in order
``compare``   the firings against the incidents that are known (pure)
``model``     the result
``report``    the result as a table in plain text
``record``    the result as a row of ``sms_threshold_replays``
``mail``      the result by e-mail, with its chart
``command``   ``python -m sms_monitoring replay``
``operator``  the same as a task of Airflow
"""
