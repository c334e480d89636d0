"""Everything that runs the bundle on one machine, for `make demo`, `make smoke`, `make db` and the tests.

Nothing in production imports it: PostgreSQL, the notification receivers and the Airflow processes
that it starts stand for the real ones, and the bundle reaches them through ordinary connections.
"""
