"""Who may do what. Every route names one of :data:`ACCESS`; nothing is open without it.

Permissions are Airflow's own, on the DAG that makes the numbers: who may see it may read (GET), who may edit it may
act (PUT). That works with every auth manager, without a role of its own to set up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal
from urllib.parse import urlsplit

from airflow.api_fastapi.app import get_auth_manager
from airflow.api_fastapi.auth.managers.models.resource_details import DagDetails
from airflow.api_fastapi.core_api.security import get_user, requires_access_dag
from fastapi import Depends, Request
from fastapi.security.utils import get_authorization_scheme_param

from sms_monitoring.api import rate_limits
from sms_monitoring.api.errors import ApiError
from sms_monitoring.links import airflow_url

if TYPE_CHECKING:
    from collections.abc import Callable

WATCHED_DAG = "sms_hourly_monitoring"
SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}

_reads = requires_access_dag("GET", param_dag_id=WATCHED_DAG)
_acts = requires_access_dag("PUT", param_dag_id=WATCHED_DAG)


def signed_in(request: Request, user: Annotated[Any, Depends(get_user)]) -> Any:
    """Whoever is logged in to Airflow, by session cookie or Bearer token, and has not asked too often.

    :raises ApiError: 429 past the rate limit of the caller; 403 for a change that another site's page asks for.
    """
    rate_limits.count(request, user.get_name())
    if request.method not in SAFE_METHODS:
        refuse_cross_site(request)
    return user


def may_open_the_page(request: Request, user: Annotated[Any, Depends(get_user)]) -> Any:
    """Whoever is logged in gets the dashboard's page and files. Opening it asks for many: they are counted apart.

    :raises ApiError: 429 past the limit.
    """
    rate_limits.count_file(user.get_name())
    return user


def may_read(user: Annotated[Any, Depends(signed_in)], _: Annotated[None, Depends(_reads)]) -> Any:
    """Whoever may see the DAG ``sms_hourly_monitoring`` sees all numbers and alerts."""
    return user


def may_act(user: Annotated[Any, Depends(signed_in)], _: Annotated[None, Depends(_acts)]) -> Any:
    """Whoever may edit the DAG ``sms_hourly_monitoring`` acknowledges, resolves, silences and edits thresholds."""
    return user


SignedIn = Annotated[Any, Depends(signed_in)]
Visitor = Annotated[Any, Depends(may_open_the_page)]
Reader = Annotated[Any, Depends(may_read)]
Actor = Annotated[Any, Depends(may_act)]

ACCESS: tuple[Callable[..., Any], ...] = (signed_in, may_open_the_page, may_read, may_act)


def can_read(user: Any) -> bool:
    """Whether :func:`may_read` would let the user pass."""
    return _is_authorized("GET", user)


def can_act(user: Any) -> bool:
    """Whether :func:`may_act` would let the user pass."""
    return _is_authorized("PUT", user)


def _is_authorized(method: Literal["GET", "PUT"], user: Any) -> bool:
    from airflow.models.dag import DagModel

    details = DagDetails(id=WATCHED_DAG, team_name=DagModel.get_team_name(WATCHED_DAG))
    allowed: bool = get_auth_manager().is_authorized_dag(method=method, details=details, user=user)
    return allowed


def refuse_cross_site(request: Request) -> None:
    """Refuse a change that a page of another site asks for with this user's cookie.

    The cookie is SameSite=Lax, which most browsers honour; this is for the rest. A request with a token of its own
    cannot be forged by a page. Browsers say where a request comes from (``Sec-Fetch-Site``, and before it ``Origin``),
    and no page can change what they say; programs that are no browser say nothing.

    :raises ApiError: 403.
    """
    scheme, credentials = get_authorization_scheme_param(request.headers.get("authorization"))
    if scheme.lower() == "bearer" and credentials:
        return
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site:
        foreign = site not in ("same-origin", "none")
    else:
        # A proxy may have put another host in place of the one that the browser asked.
        own = {request.headers.get("host"), urlsplit(airflow_url()).netloc} - {None, ""}
        foreign = origin is not None and origin.partition("//")[2] not in own
    if foreign:
        raise ApiError(403, "Changes are taken only from Airflow's own pages, or with a Bearer token.")
