"""`manage.py make_cases N`: N open cases with all that belongs to them, for measuring; a million take minutes.

For speed it fills the tables itself, a chunk at a time, and goes through no command: no gate is asked, no outbox row is
written, nobody is told. All its words share one data key, so that the office opens them, and no receipt opens any.
Every clock runs, and its next step lies ahead. Everything in it is fictional.
"""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.models import RoleGrant, User
from accounts.roles import Role
from cases.events import Event
from cases.management.lives import LANGUAGES, Fate, Life
from cases.management.sheets import Row, Sheet, chunk, in_a_hurry, renumber, rows_of
from cases.models import Breach, Case, CaseCode, CaseEvent, Clock, Filing, Respondent, Routing
from cases.states import Stage
from grievance import vault
from grievance.keys import RING, seal_json, seal_text
from grievance.models import Complainant, Consent, DataKey, Grievance, KeyWrap, Message, Receipt
from grievance.receipts import new_reference
from supplychain.models import Organisation, Site
from supplychain.names import fold

CHUNK = 20_000
# Different lives that the cases share out among themselves: enough for a spread, few enough to think each through.
LIVES = 5_000
SITES, COMPANIES, HANDLERS = 200, 40, 40
COUNTRIES = ("CD", "ZM", "TZ", "ID", "PH", "CL", "AR", "BR", "IN", "NP", "CN", "MG", "GN", "ZA")
WORDS = "(Made up for measuring.) Dust from the crusher covers our houses, and the children cough at night. " * 3


@dataclass(frozen=True)
class Shared:
    """What all cases of one life have in common, as the database takes it."""

    grievance: Row
    complainant: Row
    consent: Row
    messages: list[Row]
    case: Row
    version: Row
    code: Row
    filing: Row
    routing: Row
    respondents: list[Row]
    clocks: list[Row]
    breaches: list[tuple[int, Row]]  # place of the clock, the rest
    events: list[tuple[int | None, int | None, Row]]  # place of the clock, level, the rest


class Making:
    """Fills the tables; what many cases share is made ready once."""

    def __init__(self, at: datetime, chance: Random) -> None:
        self.at, self.chance = at, chance
        self.data_key = vault.new_data_key()
        salt = vault.new_salt()
        self.key, self.wrap = Sheet(DataKey, "made_at"), Sheet(KeyWrap, "key", "holder", "salt", "body")
        self.office = self.wrap.ready(holder="office", salt=b"", body=vault.seal_for_office(RING, self.data_key))
        nobodys = vault.wrap_under_receipt(secrets.token_bytes(32), salt, self.data_key)
        self.receipts = self.wrap.ready(holder="receipt", salt=salt, body=nobodys)
        self.made_at = self.key.ready(made_at=at)
        self.words = {
            code: seal_json(self.data_key, {"statement": WORDS, "place": ""}, "statement") for code in LANGUAGES
        }
        self.turn = seal_text(self.data_key, WORDS, "message")
        taken = (f"SELECT reference FROM {model._meta.db_table}" for model in (Case, Respondent))  # noqa: S608 - our names
        self.references = {row[0] for query in taken for row in rows_of(query)}
        self._lay_sheets()

    def _lay_sheets(self) -> None:
        self.grievance = Sheet(
            Grievance, "key", "channel", "language", "site", "families", "happened_on", "ongoing", "urgent", "openness",
            "received_at", "sealed_statement",
        )  # fmt: skip
        self.receipt = Sheet(Receipt, "grievance", "lookup", "nonce_hash")
        self.complainant = Sheet(Complainant, "grievance", "safe_way")
        self.consent = Sheet(Consent, "complainant", "given", "at")
        self.message = Sheet(Message, "grievance", "author", "language", "sealed_body", "sent_at", "released_at")
        facts = ("stage", "severity", "track", "site", "handler", "opened_at", "acknowledged_at", "urgent_since")
        queue = ("language", "unread_since", "next_due_at", "due_order")
        self.case = Sheet(Case, "reference", "key", *facts, *queue)
        version = ("history_date", "history_type", "history_change_reason")
        self.version = Sheet(Case.history.model, "id", "reference", "key", *facts, *version)
        self.code = Sheet(CaseCode, "case", "code")
        self.filing = Sheet(Filing, "case", "grievance", "joined_at", "next_safety_at")
        self.routing = Sheet(Routing, "case", "at", "answer")
        self.respondent = Sheet(Respondent, "case", "routing", "reference", "organisation", "tier")
        self.clock = Sheet(
            Clock, "case", "kind", "regime", "started_at", "due_at", "promised_at", "level", "next_step_at"
        )
        self.breach = Sheet(Breach, "clock", "case", "due_at", "noted_at")
        self.event = Sheet(CaseEvent, "case", "filing", "clock", "level", "kind", "at", "data")

    @property
    def sheets(self) -> list[Sheet]:
        """In an order in which every row finds what it points to."""
        return [sheet for sheet in vars(self).values() if isinstance(sheet, Sheet)]

    def reference(self) -> str:
        while (drawn := new_reference()) in self.references:
            pass
        self.references.add(drawn)
        return drawn

    def share(self, life: Life, site: Row | None, handler: int | None) -> Shared:
        facts = {
            "stage": life.stage,
            "severity": life.severity,
            "track": life.track,
            "site": site and site[0],
            "handler": handler,
            "opened_at": life.opened,
            "acknowledged_at": life.acknowledged,
            "urgent_since": life.opened if life.urgent else None,
        }
        queue = {
            "language": life.language, "unread_since": life.unread_since, "next_due_at": life.due, "due_order": life.due
        }  # fmt: skip
        told = life.told and site is not None
        return Shared(
            grievance=self._grievance(life, site),
            complainant=self.complainant.ready(safe_way="none" if life.openness == "anonymous" else "call"),
            consent=self.consent.ready(given=told, at=life.opened) if life.acknowledged else (),
            messages=[self._turn(life, author) for author in (None, handler)] if life.talks else [],
            case=self.case.ready(**facts, **queue),
            version=self.version.ready(
                **facts, history_date=life.opened, history_type="+", history_change_reason="opened"
            ),
            code=self.code.ready(code=life.family),
            filing=self.filing.ready(joined_at=life.opened, next_safety_at=life.next_safety(self.at)),
            routing=self._routing(life, site) if site and told else (),
            respondents=[
                self.respondent.ready(organisation=company, tier=tier)
                for tier, company in enumerate(site[1:] if site and told else ())
            ],
            clocks=[self._clock(place, life) for place in range(len(life.clocks))],
            breaches=[
                (place, self.breach.ready(due_at=clock.due, noted_at=clock.due))
                for place, clock in enumerate(life.clocks)
                if clock.missed
            ],
            events=list(self._events(life)),
        )

    def _grievance(self, life: Life, site: Row | None) -> Row:
        return (
            *self.grievance.ready(
                channel="web",
                language=life.language,
                site=site and site[0],
                families=[life.family],
                happened_on=(life.opened - timedelta(days=self.chance.randrange(60))).date(),
                ongoing=self.chance.random() < 0.4,
                urgent=life.urgent,
                openness=life.openness,
                received_at=life.opened,
            ),
            self.words[life.language],
        )

    def _turn(self, life: Life, author: int | None) -> Row:
        moment = life.acknowledged if author is None else life.unread_since
        return (
            *self.message.ready(author=author, language=life.language),
            self.turn,
            *self.message.ready(sent_at=moment or life.opened, released_at=author and (moment or life.opened)),
        )

    def _routing(self, life: Life, site: Row) -> Row:
        on = life.opened.date().isoformat()
        answers = [
            {"organisation": company, "kind": "operator", "name": "", "tier": tier, "custody": "", "hops": []}
            for tier, company in enumerate(site[1:])
        ]
        return self.routing.ready(at=life.opened, answer={"site": site[0], "on": on, "answers": answers})

    def _clock(self, place: int, life: Life) -> Row:
        clock = life.clocks[place]
        return self.clock.ready(
            kind=clock.kind,
            regime=clock.regime,
            started_at=clock.started,
            due_at=clock.due,
            promised_at=clock.promised,
            level=len(clock.passed),
            next_step_at=clock.next_step,
        )

    def _events(self, life: Life) -> Iterator[tuple[int | None, int | None, Row]]:
        ready = self.event.ready
        yield None, None, ready(kind=Event.CASE_OPENED, at=life.opened, data={"urgent": life.urgent})
        if not life.told:
            return
        for kind, at in life.milestones(self.at):
            yield None, None, ready(kind=kind, at=at, data={})
        for place, clock in enumerate(life.clocks):
            for level, rung in enumerate(clock.passed):
                data = {"rung": rung.name, "to": list(rung.to), "clock": clock.kind}
                yield place, level, ready(kind=rung.event, at=rung.at, data=data)

    def make(self, shared: Shared) -> None:
        """One case: identity of its own, the rest as its life has it."""
        key, reference = self.key.add(*self.made_at), self.reference()
        own = self.key.add(*self.made_at)
        for wrapped, holder in ((key, self.office), (key, self.receipts), (own, self.office)):
            self.wrap.add(wrapped, *holder)
        grievance = self.grievance.add(key, *shared.grievance)
        self.receipt.add(grievance, secrets.token_bytes(32), secrets.token_bytes(32))
        complainant = self.complainant.add(grievance, *shared.complainant)
        if shared.consent:
            self.consent.add(complainant, *shared.consent)
        for turn in shared.messages:
            self.message.add(grievance, *turn)
        case = self.case.add(reference, own, *shared.case)
        self.version.add(case, reference, own, *shared.version)
        self.code.add(case, *shared.code)
        filing = self.filing.add(case, grievance, *shared.filing)
        if shared.routing:
            routing = self.routing.add(case, *shared.routing)
            for respondent in shared.respondents:
                self.respondent.add(case, routing, self.reference(), *respondent)
        clocks = [self.clock.add(case, *clock) for clock in shared.clocks]
        for late, breach in shared.breaches:
            self.breach.add(clocks[late], case, *breach)
        for place, level, event in shared.events:
            self.event.add(case, filing, None if place is None else clocks[place], level, *event)


def places(chance: Random) -> list[Row]:
    """Sites, each as (id, its operator, another company); made up where there are too few to choose from."""
    site = Sheet(Site, "name", "folded", "kind", "operator", "country")
    organisation = Sheet(Organisation, "name", "kind", "country")
    companies = [row[0] for row in rows_of(f"SELECT {organisation.key} FROM {organisation.table}")]  # noqa: S608 - our names
    found = rows_of(f"SELECT {site.key}, operator_id FROM {site.table}")  # noqa: S608 - our names
    if len(found) < SITES:
        companies += [
            organisation.add(f"Measured company {n}", "operator", chance.choice(COUNTRIES)) for n in range(COMPANIES)
        ]
        for n in range(SITES - len(found)):
            name, operator = f"Measured mine {n}", chance.choice(companies)
            found.append((site.add(name, fold(name), "mine", operator, chance.choice(COUNTRIES)), operator))
        organisation.flush()
        site.flush()
    return [(pk, operator, chance.choice([one for one in companies if one != operator])) for pk, operator in found]


def handlers(at: datetime) -> list[int]:
    """Who handles cases; people without a password where there is nobody."""
    grant = Sheet(RoleGrant, "user", "role", "granted_at")
    held = rows_of(f"SELECT user_id FROM {grant.table} WHERE role = '{Role.HANDLER}' AND ended_at IS NULL")  # noqa: S608 - our names
    if held:
        return [row[0] for row in held]
    user = Sheet(User, "username", "password", "date_joined")
    joined = user.ready(date_joined=at)
    people = [user.add(f"measured-{n}", "!", *joined) for n in range(HANDLERS)]
    for person in people:
        grant.add(person, Role.HANDLER.value, *grant.ready(granted_at=at))
    user.flush()
    grant.flush()
    return people


class Command(BaseCommand):
    help = "Make N open cases for measuring. They are made up, and nobody is told of them."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("number", type=int)
        parser.add_argument("--chance", type=int, default=1, help="another number makes other cases")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("Made-up cases have no place among real ones: production never makes any.")
        number, chance, at = options["number"], Random(options["chance"]), timezone.now()  # noqa: S311 - no secret
        with in_a_hurry():
            make_cases(number, at, chance)
        self.stdout.write(f"{number} cases made.")


def make_cases(number: int, at: datetime, chance: Random) -> None:
    with chunk():
        sites, people = places(chance), handlers(at)
    making, fate = Making(at, chance), Fate(at, chance)
    lives = [share(making, fate.life(), sites, people, chance) for _ in range(min(number, LIVES))]
    for start in range(0, number, CHUNK):
        with chunk():
            for shared in chance.choices(lives, k=min(CHUNK, number - start)):
                making.make(shared)
            for sheet in making.sheets:
                sheet.flush()
    renumber([*(sheet.model for sheet in making.sheets), User, RoleGrant, Site, Organisation])


def share(making: Making, life: Life, sites: list[Row], people: list[int], chance: Random) -> Shared:
    """A few sites have most cases; one case in twenty does not know its site yet."""
    site = sites[int(len(sites) * chance.random() ** 3)] if chance.random() > 0.05 else None
    new = life.stage is Stage.RECEIVED or (life.stage is Stage.SCREENING and chance.random() < 0.5)
    return making.share(life, site, None if new else chance.choice(people))
