"""What is shortened for the drills, and what it is as shipped."""

from __future__ import annotations

from datetime import timedelta

# How often the watchdog looks: as shipped every ten minutes. Six fields: the last are seconds.
WATCHDOG_CRON = "* * * * * */20"
# How often the watchdog without Airflow looks: as recommended, every ten minutes from cron on another machine.
OUTPOST = timedelta(seconds=20)
# How long the service outside waits for the watchdog's next sign of life: as recommended, period and grace are ten
# minutes each.
SILENCE = timedelta(seconds=60)
# Minutes until an hour is late, counted from when the trouble begins: as shipped, 95 from the hour's end.
LATE_AFTER_MINUTES = 0
# Minutes until a notification that is due is stuck: as shipped, 20.
STUCK_AFTER_MINUTES = 0.5
# How long is waited for a message that must come, and for one that it is over.
TOLD_WITHIN = timedelta(seconds=150)
OVER_WITHIN = timedelta(seconds=180)
# The same where tasks fail, are tried again twice, and the run goes on to its end.
RUN_FAILED_WITHIN = timedelta(seconds=240)
# Seconds between the tries of a task, at most: as shipped, some 45 and then 90.
RETRY_AFTER = 5
# How long nobody may be told of anything while all is well.
WELL_FOR = timedelta(seconds=40)
