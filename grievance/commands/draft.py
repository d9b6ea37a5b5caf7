"""What somebody is about to send, by whichever way it comes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from grievance.models import Complainant
from grievance.questions import QUESTIONS, Stored

SEALED = tuple(one.stored_as for one in QUESTIONS if one.stored == Stored.SEALED)
CONTACT = tuple(one.stored_as for one in QUESTIONS if one.stored == Stored.CONTACT)
ALWAYS, CONTACT_ALWAYS = ("statement", "place"), ("phone", "email", "times")  # there, even where they are empty


@dataclass(frozen=True)
class Draft:
    """What somebody is about to send, checked by its form; nothing of it is stored before `file_grievance`."""

    channel: str
    language: str
    statement: str
    place: str
    site_id: int | None
    families: tuple[str, ...]
    happened_on: date | None
    ongoing: bool
    urgent: bool
    openness: str
    name: str = ""
    phone: str = ""
    email: str = ""
    times: str = ""
    trusted: str = ""
    word: str = ""
    safe_way: str = Complainant.Safe.NONE
    about: str = ""
    position: str = ""
    authority: str = ""
    wanted: str = ""
    country: str = ""
    harmed: str = ""
    may_tell: bool | None = None  # every company; where they were asked in one question for all
    consents: Mapping[str, bool] = field(default_factory=dict)  # by `RecipientKind`; who said "ask me first" is missing

    def words(self) -> dict[str, str]:
        """What is sealed with the statement (`questions.Stored.SEALED`); what was not said is not there."""
        more = {one: getattr(self, one) for one in SEALED if one not in ALWAYS}
        return {"statement": self.statement, "place": self.place} | {key: said for key, said in more.items() if said}

    def contact(self) -> dict[str, str]:
        """What is sealed for workers alone (`questions.Stored.CONTACT`)."""
        said = {one: getattr(self, one) for one in CONTACT}
        return {key: value for key, value in said.items() if value or key in CONTACT_ALWAYS}
