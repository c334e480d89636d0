"""From the product's rows to hours, and from hours to days.

``families``   what is aggregated: one folder ``include/sql/aggregates/<family>`` each
``changes``    which hours are dirty: late receipts, look-back, explicit ranges → the dirty-hour log
``recompute``  the dirty hours of one family → ``sms_metrics`` and ``sms_metrics_hourly``
``days``       the days they touch → ``sms_metrics_by_day``, ``sms_metrics_daily``
``pipeline``   the above in order: what the hourly DAG and ``sms_recompute_range`` call
"""
