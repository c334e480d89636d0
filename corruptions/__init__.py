"""Seeded corruptions: what goes wrong with data, done to copies of a clean history, and which check must say so.

``python -m corruptions`` (or ``make corruptions``) simulates 90 clean days, copies them once for each corruption of
``corruptions/sql``, and runs the checks: each corruption must be found by the check that its file names, at that
severity; the clean history must be found clean. Progress and a table go to standard error and output, one JSON object
comes last.
"""
