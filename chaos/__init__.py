"""A seeded fault campaign against the outbox: ``python -m chaos`` (``make chaos``). See ``docs/CHAOS.md``.

``plan``        what happens in a run, drawn from the seed and the run's number
``run``         carries a plan out, in a ``world`` of its own (database, receivers, channels)
``rows``        writes a plan's rows into the outbox
``crew``        starts, waits for and ends the dispatchers of a run
``dispatcher``  one of them, in a forked process where it may be killed
``fate``        kill -9 at a chosen step: the connection and the channel that it happens in
``journal``     what dispatchers write down of what they do
``tokens``      how a row is recognised in what the far side got
``evidence``    what is known of a run once it is over
``verdict``     what the evidence comes to: lost, twice, out of order
``campaign``    many runs, in several processes side by side
"""
