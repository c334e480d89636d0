"""The REST API, mounted in Airflow's API server: numbers and alerts to read, incidents and thresholds to act on."""
