"""The catalogue: every DAG, alert type and channel in words, made from the code itself and so never outdated."""
