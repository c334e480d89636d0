"""Whether the numbers can be trusted: suites of checks, run by Great Expectations, stored, and shown."""
