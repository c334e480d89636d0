-- All numbers of one digest are read as of one moment.
SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY
