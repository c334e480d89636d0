-- All hours of one replay are read as of one moment.
SET LOCAL transaction_isolation = 'repeatable read'
