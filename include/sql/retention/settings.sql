-- For the transaction that retires one partition.
-- Each statement sees what was committed before it, so that nothing written before the lock is missed.
SET LOCAL transaction_isolation = 'read committed';
-- These decide the bytes of an archive: they must not vary by connection.
SET LOCAL timezone = 'UTC';
SET LOCAL datestyle = 'ISO, YMD';
SET LOCAL intervalstyle = 'postgres';
SET LOCAL extra_float_digits = 1;
SET LOCAL bytea_output = 'hex';
