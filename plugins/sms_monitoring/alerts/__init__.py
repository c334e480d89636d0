"""The alert engine: observe → judge → decide → store → announce → follow up.

``model``      the words it speaks in
``observe``    one SELECT per alert type → observations
``widening``   which window decides: the alert's own, or a longer one where the sample is too small (pure)
``judge``      observation against threshold, with the statistical guard (pure)
``lifecycle``  previous state and judgement → next state and what to say (pure)
``store``      thresholds, state, evaluations, transitions, incidents: the reads and writes
``compose``    what is said: incident → message (pure)
``announce``   into the outbox, or on record why not
``evaluate``   the above in order, for one alert type and window
``due``        what is still to be said about an incident: repeats, escalations … (pure)
``followup``   carries that out, every few minutes
``rehearsal``  the pure parts without a database: for replays, rule tests and benchmarks
"""
