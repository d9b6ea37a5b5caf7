"""Who can be told, as the catalogue and the ladders of the clocks name them."""

from enum import StrEnum

from accounts.roles import Role


class Audience(StrEnum):
    HANDLER = "handler"
    INTAKE = "intake"
    SUPERVISOR = "supervisor"
    LEAD = "lead"
    OVERSIGHT = "oversight"
    RESPONDENT = "respondent"
    BUYERS = "buyers"
    AUTOMAKERS = "automakers"


class Lane(StrEnum):
    """What is delivered side by side: a way that is slow or hangs holds up its own lane only. The urgent ones first."""

    URGENT_EMAIL = "urgent-email"
    URGENT_SMS = "urgent-sms"
    EMAIL = "email"
    SMS = "sms"

    @property
    def urgent(self) -> bool:
        return self.value.startswith("urgent-")

    @property
    def channel(self) -> str:
        return self.value.removeprefix("urgent-")


COMPANIES = frozenset({Audience.RESPONDENT, Audience.BUYERS, Audience.AUTOMAKERS})

# Where nobody of an audience may be told (no handler yet, a case past intake, everyone in conflict), the next one is.
INSTEAD: dict[Audience, tuple[Audience, ...]] = {
    Audience.HANDLER: (Audience.HANDLER, Audience.INTAKE, Audience.SUPERVISOR, Audience.OVERSIGHT),
    Audience.INTAKE: (Audience.INTAKE, Audience.SUPERVISOR, Audience.OVERSIGHT),
    Audience.SUPERVISOR: (Audience.SUPERVISOR, Audience.OVERSIGHT),
    Audience.LEAD: (Audience.LEAD, Audience.OVERSIGHT),
    Audience.OVERSIGHT: (Audience.OVERSIGHT,),
}

# States of a respondent in which its contacts may be told that the case exists.
TELLABLE = frozenset({"approved", "notified", "acknowledged", "accepted", "contested", "answered", "released"})
# And those in which it still has a part in it: it may be asked to press others.
TAKING_PART = TELLABLE - {"released"}

# Who is shown what reached nobody: those who can give somebody a role or a case.
UNHEARD_READERS = frozenset({Role.SUPERVISOR, Role.LEAD, Role.OVERSIGHT})
