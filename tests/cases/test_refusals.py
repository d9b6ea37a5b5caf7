"""Every button of the case page, pressed by anybody, at any time, with anything typed: what is refused changes nothing.

The deeds are found through the table of the page, so that one which is added there is tried here.
"""

import contextlib
import hashlib
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django import forms
from django.apps import apps
from django.db import connection, transaction
from django.http import QueryDict
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from accounts.errors import Refused
from accounts.models import User
from accounts.roles import Role
from cases.admin.deeds import DEEDS, Deed
from cases.codes import SeatKind
from cases.commands import casework, intake, reading
from cases.gates import ASKS
from cases.models import Case, CaseEvent, Filing, Seat, Untold
from cases.policies import can
from cases.policies.stages import ACT_STAGES
from cases.queries import CasePage, case_page
from cases.states import CASE, Stage, Track, Transition
from grievance import receipts
from grievance.commands.filing import file_grievance
from grievance.models import Consent
from tests.cases.conftest import AT, draft

pytestmark = pytest.mark.long  # every button, by anybody, at random

STEPS = 14
# Where an example begins; into the others a case comes by something that is on record, and so by a deed alone.
BEGINNINGS = tuple(stage for stage in Stage if stage not in {Stage.SET_ASIDE, Stage.APPEAL})
HOUR = timedelta(hours=1)
TABLES = sorted(
    model._meta.db_table
    for model in apps.get_models()
    if model._meta.app_label in {"accounts", "supplychain", "grievance", "cases", "notifications"}
)


class Over(Exception):
    """An example has ended, and what it wrote goes with it."""


def fingerprint() -> str:
    """All rows of all floors in one number."""
    seen = hashlib.blake2b(digest_size=16)
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)} ORDER BY 1")  # noqa: S608 - our own names
            seen.update(repr((table, cursor.fetchall())).encode())
    return seen.hexdigest()


@pytest.fixture
def people(person: Callable[..., User], chain: dict[str, Any]) -> list[User]:
    """Everybody who works on cases, one of them employed by a party, one with a seat, one with no role at all."""
    return [
        person("tomas", Role.HANDLER, Role.SURVIVOR),
        person("irene", Role.SUPERVISOR, Role.SURVIVOR),
        person("amina", Role.INTAKE),
        person("ona", Role.OVERSIGHT),
        person("ivo", Role.INVESTIGATOR),
        person("claire", Role.HANDLER, Role.SUPERVISOR, works_for=chain["refiner"]),
        person("pia"),
        person("otto"),
    ]


@pytest.fixture
def case(people: list[User], chain: dict[str, Any]) -> Case:
    """Read, given to a handler, with a panel member; and another case at the same site."""
    for words in ({"openness": "confidential", "families": ("WG", "OS")}, {"language": "fr"}):
        file_grievance(draft=draft(site_id=chain["mine"].pk, **words), nonce=receipts.new_nonce(), at=AT)
    intake.take_up(at=AT)
    case = Case.objects.order_by("pk")[0]
    tomas, irene = people[:2]
    casework.assign(case=case, handler=tomas, by=irene, at=AT)
    reading.read_filing(case=case, filing=case.filings.get(), by=tomas, at=AT)
    Seat.objects.create(case=case, user=people[6], kind=SeatKind.PANELLIST, given_by=irene, given_at=AT)
    Consent.objects.update(informed=True)
    return case


def values(field: forms.Field) -> st.SearchStrategy[Any]:
    """What somebody could type or choose; mostly something that the form takes."""
    if isinstance(field, forms.MultipleChoiceField):
        return st.lists(st.sampled_from(_codes(field) or [""]), max_size=3, unique=True)
    if isinstance(field, forms.ChoiceField):
        return st.sampled_from(_codes(field) or [""])
    if isinstance(field, forms.BooleanField):
        return st.sampled_from(["on", "on", "on", ""])
    if isinstance(field, forms.DateField):
        return st.sampled_from([0, 2, 40]).map(lambda days: (AT + timedelta(days=days)).date().isoformat())
    if isinstance(field, forms.IntegerField):
        return st.sampled_from(["1", "3", "12"])
    if isinstance(field, forms.RegexField):
        return st.sampled_from(["CD", "CD", "1"])
    return st.sampled_from([*["Mshahara wa Januari"] * 6, "12", ""])


def _codes(field: forms.ChoiceField) -> list[str]:
    """The codes that may be chosen, in groups or not; the empty one is left to chance elsewhere."""
    found: list[str] = []
    choices: list[tuple[Any, Any]] = list(field.choices)  # type: ignore[arg-type]  # filled in by now
    for code, label in choices:
        grouped = isinstance(label, (list, tuple))
        found += [str(inner) for inner, _label in label] if grouped else [str(code)]
    return [code for code in found if code]


def typed(data: st.DataObject, form: forms.Form) -> QueryDict:
    post = QueryDict(mutable=True)
    for name, field in form.fields.items():
        value = data.draw(values(field), label=name)
        post.setlist(name, value if isinstance(value, list) else [value])
    return post


def page_of(case: Case, user: User, at: datetime) -> tuple[CasePage, Filing | None]:
    page = case_page(case=case, user=user, at=at)
    return page, page.filings[0] if page.filings else None


@contextlib.contextmanager
def undone() -> Iterator[None]:
    with contextlib.suppress(Over), transaction.atomic():
        yield
        raise Over


def press(data: st.DataObject, deed: Deed, case: Case, user: User, at: datetime) -> None:
    """One post of one form by one person, whether or not the page would have offered it to them now."""
    page, filing = page_of(case, user, at)
    blank = deed.form(slug=deed.slug, page=page, user=user, filing=filing)
    form = deed.form(typed(data, blank), slug=deed.slug, page=page, user=user, filing=filing)
    if not form.is_valid():
        return
    before, newest = fingerprint(), CaseEvent.objects.order_by("-pk").values_list("pk", flat=True)[0]
    refusal = None
    try:
        deed.run(case, form.cleaned_data, user, at)
    except Refused as refused:
        refusal = refused
    if refusal is None:
        leaves_one_event_of_each_kind(deed, newest)
    else:
        assert str(refusal.message)
        assert fingerprint() == before, (deed.slug, refusal.code)


def leaves_one_event_of_each_kind(deed: Deed, newest: int) -> None:
    """One act is told once: of each kind one event for each company and each person whom it concerns, each in the
    outbox."""
    written = list(CaseEvent.objects.filter(pk__gt=newest))
    assert written, deed.slug
    told = Counter((event.case_id, event.kind, event.respondent_id, event.filing_id, event.clock_id, event.level,
                    str(event.data)) for event in written)  # fmt: skip
    assert max(told.values()) == 1, (deed.slug, told)
    assert Untold.objects.filter(event__in=written).count() == len(written)


@pytest.mark.django_db
@settings(
    max_examples=20,
    # An example is a short story already, and would be told a thousand times to be shortened.
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_a_refused_act_changes_nothing_and_an_accepted_one_is_told_once(
    case: Case, people: list[User], data: st.DataObject
) -> None:
    with undone():
        stage = data.draw(st.sampled_from(BEGINNINGS), label="stage")
        track = data.draw(st.sampled_from([Track.STANDARD, Track.STANDARD, Track.SURVIVOR]), label="track")
        closed_at = AT if stage == Stage.CLOSED else None
        Case.objects.filter(pk=case.pk).update(stage=stage, track=track, closed_at=closed_at)
        for step in range(1, STEPS + 1):
            held = Case.objects.select_related("site__operator", "handler").get(pk=case.pk)
            # As the next request meets them: roles, seats and employers are asked once a request.
            user = User.objects.get(pk=data.draw(st.sampled_from([*people[:2] * 3, *people]), label="who").pk)
            fitting = [deed for deed in DEEDS.values() if can(user, deed.act, held)]
            stale = data.draw(st.integers(0, 3), label="stale") == 0
            choices = sorted(DEEDS) if stale or not fitting else [deed.slug for deed in fitting]
            press(data, DEEDS[data.draw(st.sampled_from(choices), label="deed")], held, user, AT + step * HOUR)


@pytest.mark.parametrize("move", CASE.transitions, ids=lambda move: f"{move.verb}-{move.target}")
def test_what_a_gate_lacks_can_be_put_on_record_where_the_case_stands(move: Transition) -> None:
    """A refusal that sends an officer to a button which is not there at that stage would be a dead end."""
    for gate in move.gates:
        deed = DEEDS.get(ASKS[gate].where)
        reachable = ACT_STAGES[deed.act] if deed else frozenset(move.sources)
        assert frozenset(move.sources) <= reachable, (gate, deed and deed.slug)
