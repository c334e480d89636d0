"""Who is asking, and what they may do."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel

from sms_monitoring.api.access import SignedIn, can_act, can_read
from sms_monitoring.api.envelope import Answer
from sms_monitoring.api.errors import documented

router = APIRouter(tags=["access"])


class Me(BaseModel):
    """The caller, as Airflow knows them."""

    name: str
    may_read: bool
    may_act: bool


@router.get("/me", responses=documented(401, 403, 429))
def who_am_i(user: SignedIn) -> Answer[Me]:
    """The name that actions are recorded under, and whether this user may read and act."""
    return Answer(data=Me(name=user.get_name(), may_read=can_read(user), may_act=can_act(user)))
