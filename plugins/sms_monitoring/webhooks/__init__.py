"""What others call when something happened: the only routes without an Airflow login, each with a proof of its own.

``twilio_status``  what a status callback says; pure
``signature``      whether Twilio signed it; pure
``account``        the Airflow connection with the secret: without it, everything here is off
``receipts``       a callback → ``sms_delivery_receipts``
``app``            the routes
"""
