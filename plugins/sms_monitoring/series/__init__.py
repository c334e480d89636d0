"""Numbers over time: reads the hourly rollups into points for a span of time, whoever shows them."""
