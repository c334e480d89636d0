-- A view is dropped with the table it read from.
-- caught: full schema_columns.source_generations_columns critical
DROP VIEW source_generations;
