"""The way in: Airflow's login, its navigation, the page."""

from __future__ import annotations

import re

from sms_monitoring.local.credentials import ONCALL
from tests.e2e.site import airflow_home, log_in


def test_login_shows_the_form_and_lets_in(visit, site, watch, keep):
    watch.expect("401: GET .*/ui/config")  # how Airflow finds out that nobody is logged in
    page = visit(None, "/")
    page.wait_for_url(re.compile("/auth/login"))
    keep(page, "login")
    log_in(page, site, ONCALL)
    airflow_home(page).wait_for()
    keep(page, "airflow-home")
