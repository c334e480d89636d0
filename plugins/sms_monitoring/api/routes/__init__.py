"""One module a resource; each has a ``router``, and :mod:`sms_monitoring.api.app` lists them."""
