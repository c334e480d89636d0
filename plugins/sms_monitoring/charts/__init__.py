"""Charts as Vega-Lite specifications: drawn to PNG for e-mail, and by the browser in a dashboard."""
