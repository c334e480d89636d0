-- The product renames a column of its table, and rebuilds the view.
-- caught: full schema_columns.source_messages_columns critical
ALTER VIEW source_messages RENAME COLUMN sent_at TO dispatched_at;
