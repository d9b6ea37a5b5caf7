"""Field partners for tests: two of them, their people, and what they pass on."""

from datetime import datetime

from accounts.models import User
from accounts.roles import Role
from grievance import receipts
from grievance.codes import Authority, ConsentHow, MaySee
from grievance.commands.draft import Draft
from grievance.commands.partners import Behalf, Relayed, Row, file_for, keeping
from grievance.models import FieldPartner, Grievance
from tests.factories import AT, UserFactory

WORDS = "Vumbi la mashine linatuua, taa ya zafarani"
AGREED = Behalf(ConsentHow.SPOKEN, Authority.ASKED, call_back_safe=True, may_see=MaySee.STAGE)


def a_partner(lead: User, name: str = "Union of Kolwezi (fictional)", at: datetime = AT) -> FieldPartner:
    return keeping.add_partner(
        name=name, kind="union", countries=["CD"], languages=["sw", "fr"], sites=[], by=lead, at=at
    )


def at_work(partner: FieldPartner, lead: User, username: str) -> User:
    user = UserFactory.create(username=username, roles=[Role.PARTNER])
    keeping.add_person(partner=partner, user=user, by=lead, at=AT)
    return user


def a_draft(statement: str = WORDS, **more: object) -> Draft:
    said: dict[str, object] = {
        "channel": Grievance.Channel.WEB, "language": "sw", "statement": statement, "place": "Mto", "site_id": None,
        "families": ("OS",), "happened_on": None, "ongoing": True, "urgent": False, "openness": "anonymous",
    }  # fmt: skip
    return Draft(**{**said, **more})  # type: ignore[arg-type]


def passed_on(
    partner: FieldPartner, by: User, statement: str = WORDS, behalf: Behalf = AGREED, at: datetime = AT
) -> Relayed:
    return file_for(partner=partner, by=by, draft=a_draft(statement), behalf=behalf, nonce=receipts.new_nonce(), at=at)


def a_list(*statements: str, behalf: Behalf = AGREED) -> list[Row]:
    return [Row(number, a_draft(said), behalf) for number, said in enumerate(statements, start=1)]
