"""The dashboard: one page of plain HTML, CSS and ES modules under ``static``, served as it lies there."""
