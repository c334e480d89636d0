"""Tables as CSV, streamed from PostgreSQL's COPY."""
