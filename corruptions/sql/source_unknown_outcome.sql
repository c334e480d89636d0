-- A new version of the product names its LLM by model.
-- caught: full source_generations.outcomes_known critical
UPDATE sms_messages SET generated_via = 'gpt-5' WHERE created_at >= pg_temp.hours_back(5) AND generated_via = 'llm';
