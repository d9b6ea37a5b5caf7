"""The cast of the demo: fictional people with public logins, for trying things out and never for production."""

from dataclasses import dataclass, field
from datetime import datetime

from accounts.commands import create_user, grant_role
from accounts.models import User
from accounts.roles import Role
from grievance.codes import PartnerKind
from grievance.commands import custody
from grievance.commands.partners import keeping
from supplychain.commands import employ
from supplychain.demo import DemoChain

PASSWORD = "a-demo-that-everybody-knows"  # noqa: S105 - printed at every start; production refuses the demo
PASSPHRASE = "a passphrase of the demo"  # noqa: S105 - as above


@dataclass(frozen=True)
class Actor:
    """One login. ``employer`` is a key of `DemoChain.organisations`; ``what`` says what to try with it."""

    username: str
    roles: tuple[Role, ...]
    what: str
    employer: str = ""
    language: str = "en"
    phone: str = ""


ACTORS = (
    Actor("amina", (Role.INTAKE,), "intake officer: reads what comes in", language="sw"),
    Actor("tomas", (Role.HANDLER,), "case handler: start here, at the queue"),
    Actor("nadia", (Role.HANDLER, Role.INTAKE, Role.SURVIVOR, Role.CHILD, Role.RETAL),
          "specialist: survivors, children, retaliation have queues of their own"),
    Actor("irene", (Role.SUPERVISOR,), "supervisor: assigns, countersigns"),
    Actor("kofi", (Role.CUSTODIAN,), "custodian of the mechanism", employer="mechanism"),
    Actor("lena", (Role.CUSTODIAN,), "custodian of a union", employer="civil_society"),
    Actor("marta", (Role.LEAD,), "programme lead: people and roles"),
    Actor("omar", (Role.OVERSIGHT,), "oversight: reads the access log", language="ar"),
    Actor("claire", (Role.HANDLER,), "a handler who once worked for the mine: its cases do not exist for her",
          employer="operator", language="fr"),
    Actor("vera", (), "guest on one case: looks whether a remedy was delivered"),
    Actor("pia", (), "guest on the same case: sits on the panel that ends what was disputed twice"),
    Actor("zawadi", (Role.PARTNER,), "field partner, at /office/partners/: files for others, follows what they allow",
          language="sw"),
    Actor("mine-contact", (Role.RESPONDENT,), "contact of the mine", employer="operator", phone="+15550100001"),
    Actor("refiner-contact", (Role.RESPONDENT,), "contact of the refiner", employer="refiner", phone="+15550100002"),
    Actor("automaker-contact", (Role.RESPONDENT,), "contact of an automaker", employer="automaker",
          phone="+15550100003"),
)  # fmt: skip


@dataclass
class Cast:
    people: dict[str, User] = field(default_factory=dict)

    def __getitem__(self, username: str) -> User:
        return self.people[username]


def logins() -> str:
    """What to print at a start: everybody here is invented."""
    width = max(len(actor.username) for actor in ACTORS)
    lines = [f"  {actor.username:{width}}  {actor.what}" for actor in ACTORS if actor.roles != (Role.RESPONDENT,)]
    return "\n".join(
        [
            f"Demo logins (everybody and everything in it is fictional), each with the password  {PASSWORD}",
            *lines,
        ]
    )


def load(chain: DemoChain, *, at: datetime) -> Cast:
    """The accounts with their roles, employers and custody keys."""
    cast = Cast()
    for actor in ACTORS:
        user = create_user(
            username=actor.username,
            password=PASSWORD,
            first_name=actor.username.partition("-")[0].title(),
            email=f"{actor.username}@recourse.invalid",
            phone=actor.phone,
            language=actor.language,
            by=None,
            at=at,
        )
        cast.people[actor.username] = user
        for role in actor.roles:
            grant_role(user=user, role=role, by=None, at=at)
        if actor.employer:
            _employ(chain, actor, user, at)
    union = keeping.add_partner(
        name="Miners' union of the plateau (fictional)",
        kind=PartnerKind.UNION,
        countries=["CD"],
        languages=["sw", "fr"],
        sites=[],
        by=cast["marta"],
        at=at,
    )
    keeping.add_person(partner=union, user=cast["zawadi"], by=cast["marta"], at=at)
    return cast


def _employ(chain: DemoChain, actor: Actor, user: User, at: datetime) -> None:
    organisation = chain.organisations[actor.employer]
    former = Role.HANDLER in actor.roles
    employ(
        user=user,
        organisation=organisation,
        from_on=at.date().replace(year=at.year - 4),
        until_on=at.date().replace(year=at.year - 2) if former else None,
        by=None,
        at=at,
    )
    if Role.CUSTODIAN in actor.roles:
        # A passphrase that is printed needs no guarding, and a first start should not take long.
        custody.enrol(
            custodian=user, organisation=organisation, passphrase=PASSPHRASE, at=at, opslimit=1, memlimit=8192
        )
