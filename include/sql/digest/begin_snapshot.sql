-- All numbers of one digest are read as of one moment.
SET LOCAL transaction_isolation = 'repeatable read'
