"""The alert engine: observe → judge → decide → store.

``model``      the words it speaks in
``observe``    one SELECT per alert type → observations
``judge``      observation against threshold, with the statistical guard (pure)
``lifecycle``  previous state and judgement → next state and what to say (pure)
``store``      thresholds, state, evaluations, incidents: the reads and writes
``compose``    what is said: incident → message (pure)
``evaluate``   the above in order, for one alert type and window
"""
