"""Fire drills: the monitor is broken on purpose, and who is told of it is written down: ``python -m drills``.

A real Airflow (scheduler, triggerer, API server, DAG processor), two PostgreSQL servers (Airflow's and the metrics'), a
product whose traffic goes on, and receivers that take the time at which each message arrived.

``model``      what is expected, what was heard, what came of it
``heard``      what the receivers got → who was told of what, and when
``verdict``    whether the right ones were told, and nobody else
``report``     the table and the JSON
``scene``      what the drills happen in
``intervals``  what is shortened, and what it is as shipped
``drills``     the drills themselves
``run``        breaks, listens, mends, listens
"""
