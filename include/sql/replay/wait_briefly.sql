-- Somebody who edits the threshold at this moment is waited for, but not for ever.
SET LOCAL lock_timeout = '10s'
