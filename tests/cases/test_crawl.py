"""Every address of the office, walked by people for whom a case must not exist: nothing of it may be found anywhere."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import product
from typing import Any
from urllib.parse import quote_plus

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.db import models
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone
from django.utils.http import urlencode

from accounts.models import User
from accounts.roles import Role
from cases.admin.acts import DEEDS
from cases.admin.together import MANY
from cases.codes import SeatKind
from cases.commands import casework, clocks, intake, respondents, seats
from cases.commands.reading import read_filing
from cases.models import Case
from grievance import receipts
from grievance.commands import conversation
from grievance.commands.filing import file_grievance
from grievance.commands.following import open_session, resume
from grievance.commands.pictures import strip_waiting
from grievance.models import Attachment, Opening
from notifications.commands import deliver, relay
from notifications.models import Notice
from tests.cases.conftest import AT, draft, screen
from tests.cases.pictures import upload
from tests.factories import PASSWORD

pytestmark = pytest.mark.long  # every page, for each who might look

# Words that stand nowhere else, so that finding one is finding the case.
STATEMENT, PLACE, NAME, PHONE, EMAIL = "Zwjstatement", "Zwjplace", "Zwjname", "+243810009999", "zwj@secret.invalid"
MESSAGE, REPLY, FACTS, FILE, IN_PICTURE = "Zwjmessage", "Zwjreply", "Zwjfacts", "Zwjfile.jpg", "Zwjexif"
MARKS = (STATEMENT, PLACE, NAME, PHONE, EMAIL, MESSAGE, REPLY, FACTS, FILE, IN_PICTURE)
# What the rightful handler does read on the page; the rest nobody reads in the office.
READ_BY_THE_HANDLER = {STATEMENT, PLACE, NAME, MESSAGE, REPLY, FACTS}
NOWHERE, NO_PK = "R-0000-0000", 987_654_321
# Rows of these models belong to the case: that one of them exists is already a secret.
SECRET_MODELS = {"case", "opening", "notice"}
TOKEN = re.compile(r'(name="csrfmiddlewaretoken" value=")[^"]*')


@dataclass
class Secret:
    case: Case
    other: Case  # one that most people may see, so that lists and filters are not empty
    pks: dict[str, set[int]] = field(default_factory=dict)

    @property
    def references(self) -> list[str]:
        return [self.case.reference, *self.case.respondents.values_list("reference", flat=True)]


@dataclass(frozen=True)
class Address:
    """``twin``: the same address with something that does not exist in the place of the secret, or ""."""

    path: str
    twin: str = ""
    said: tuple[tuple[str, str], ...] = ()  # what the address itself says, with what its twin says instead
    post: tuple[tuple[str, Any], ...] | None = None
    twin_post: tuple[tuple[str, Any], ...] | None = None  # where it is not the address but what is posted that differs


@pytest.fixture
def secret(chain: dict[str, Any], handler: User, supervisor: User, person: Callable[..., User]) -> Secret:
    """A case with a mark in each thing that a person can say, worked on, told of, read, and some days late."""
    person("omar", Role.OVERSIGHT)
    sealed = upload(FILE, words=IN_PICTURE)
    words = draft(
        site_id=chain["mine"].pk, openness="open", statement=STATEMENT, place=PLACE, name=NAME, phone=PHONE,
        email=EMAIL, safe_way="sms", urgent=True, language="ar",
    )  # fmt: skip
    filed = file_grievance(draft=words, nonce=receipts.new_nonce(), uploads=[sealed], at=AT)
    sealed.close()
    intake.take_up(at=AT)
    case = Case.objects.get()
    _work(case, filed.receipt, handler, supervisor)
    elsewhere = _elsewhere()
    file_grievance(draft=draft(site_id=elsewhere), nonce=receipts.new_nonce(), at=AT)
    intake.take_up(at=AT)
    clocks.sweep(at=AT + timedelta(days=20))
    relay(at=timezone.now())
    deliver(at=timezone.now() + timedelta(days=30))
    assert Notice.objects.exists()
    other = Case.objects.exclude(pk=case.pk).get()
    case.refresh_from_db()
    return Secret(case, other, _rows_of(case))


def _work(case: Case, receipt: str, handler: User, supervisor: User) -> None:
    screen(case, handler)
    casework.assign(case=case, handler=handler, by=supervisor, at=AT)
    filing = case.filings.get()
    casework.reply(case=case, filing=filing, by=handler, body=REPLY, language="sw", read_up_to=0, at=AT)
    following = resume(session_key=open_session(receipt=receipt, at=AT), at=AT)
    conversation.write(following=following, body=MESSAGE, language="sw", at=AT)
    intake.take_up(at=AT)
    strip_waiting(at=AT)
    read_filing(case=case, filing=filing, by=handler, at=AT)
    company = case.respondents.get(tier=0)
    respondents.approve(respondent=company, by=handler, people_who_fit=40, safety_checked=True, at=AT)
    respondents.notify(respondent=company, by=handler, facts=FACTS, at=AT)


def _elsewhere() -> int:
    organisation = apps.get_model("supplychain", "Organisation").objects.create(
        name="far away (fictional)", kind="operator", country="CL"
    )
    site = apps.get_model("supplychain", "Site").objects.create(
        name="far away site (fictional)", kind="mine", operator=organisation, country="CL"
    )
    return int(site.pk)


def _rows_of(case: Case) -> dict[str, set[int]]:
    grievance = case.filings.get().grievance
    return {
        "case": {case.pk},
        "opening": set(Opening.objects.filter(grievance=grievance).values_list("pk", flat=True)),
        "notice": set(Notice.objects.filter(event__case=case).values_list("pk", flat=True)),
        "attachment": set(Attachment.objects.filter(grievance=grievance).values_list("pk", flat=True)),
    }


# -- Which addresses there are


def addresses(secret: Secret, *, searching: bool) -> Iterator[Address]:
    for route, pattern in _patterns(get_resolver().url_patterns):
        yield from _filled(route, pattern, secret)
    for model in admin.site._registry:
        yield from _searches(model, secret) if searching else ()
        yield from _actions(model, secret)
    yield from _autocompletions(secret) if searching else ()
    yield from _looking_for(STATEMENT, MESSAGE) if searching else ()
    for nowhere in ("admin/nowhere/", "nowhere/", "admin/cases/case/add/", "admin/r/1/1/"):
        yield Address(f"/office/{nowhere}")


def _patterns(found: list[Any], before: str = "/") -> Iterator[tuple[str, URLPattern]]:
    for one in found:
        route = before + str(one.pattern).lstrip("^")
        if isinstance(one, URLResolver):
            yield from _patterns(one.url_patterns, route)
        elif route.startswith("/office/"):
            yield route, one


POSTED: tuple[tuple[str, Any], ...] = (
    ("respondent", 1), ("people_who_fit", 50), ("safety_checked", "on"), ("facts", "x"), ("body", "x"),
    ("language", "sw"), ("handler", 1), ("site", 1), ("reason", "spam"), ("filing", 1),
    ("response", "acknowledge"), ("words", "x"), ("scale", 2), ("scope", 2), ("irremediability", 2),
    ("retaliation", "low"), ("reasons", "x"), ("kind", "given"), ("on", "2026-02-02"),
)  # fmt: skip
# What is posted where, by the name of the address.
POSTS: dict[str, tuple[tuple[str, Any], ...]] = {
    "cases_case_do": POSTED,
    "cases_case_original": (("reason", "expert"),),
    "cases_case_together": (("case", 1), ("handler", 1), ("body", "x"), ("language", "sw")),
    "cases_case_hand_over": (("giver", 1), ("taker", 2)),
    "grievance_custodykey_make": (("organisation", 1), ("passphrase", "a passphrase of a test"), ("again", "x")),
    "grievance_custodykey_retire": (("pk", 1),),
}
PLACEHOLDER = re.compile(r"<(?:(\w+):)?(\w+)>")


def _filled(route: str, pattern: URLPattern, secret: Secret) -> Iterator[Address]:
    """The route with every value that names a part of the secret case, beside its twin."""
    if "(?P" in route:  # the list of an app's models, or whatever follows in vain
        yield from (Address(f"/office/admin/{app.label}/") for app in apps.get_app_configs())
        return
    paths = {f"/{model._meta.app_label}/{model._meta.model_name}/": model for model in admin.site._registry}
    model = next((found._meta.model_name or "" for path, found in paths.items() if path in route), "")
    names = PLACEHOLDER.findall(route)
    # An outward reference of a company opens no page either; that the case's own does not is asked of every address.
    few = slice(None) if len(names) == 1 else slice(1)
    choices = [_values(name, model, secret)[few if name == "reference" else slice(None)] for _kind, name in names]
    for values in product(*choices):
        path = twin = route
        for (kind, name), (value, instead) in zip(names, values, strict=True):
            hole = f"<{kind}:{name}>" if kind else f"<{name}>"
            path, twin = path.replace(hole, value, 1), twin.replace(hole, instead, 1)
        names_it = [(value, instead) for value, instead in values if value != instead]
        # A row's number stands in many places by chance: of numbers, only the whole address is the address's own.
        said = ((path, twin), *(pair for pair in names_it if not pair[0].isdigit())) if names_it else ()
        yield Address(path, twin if said else "", said)
        if pattern.name in POSTS:
            yield Address(path, twin if said else "", said, POSTS[pattern.name])


def _values(name: str, model: str, secret: Secret) -> list[tuple[str, str]]:
    """(value, what stands for it in the twin) for a placeholder."""
    references = [(one, NOWHERE) for one in secret.references]
    if name == "reference":
        return references
    if name == "slug":
        return [(slug, slug) for slug in (*DEEDS, *MANY, "nonsense")]
    if name == "object_id" and model in SECRET_MODELS:
        return [*((str(pk), str(NO_PK)) for pk in sorted(secret.pks[model])[:3]), references[0]]
    if name == "pk":
        return [(str(pk), str(NO_PK)) for pk in sorted(secret.pks["attachment"])]
    return [("1", "1")]


def _searches(model: type[models.Model], secret: Secret) -> Iterator[Address]:
    base = f"/office/admin/{model._meta.app_label}/{model._meta.model_name}/"
    terms = [secret.case.reference, secret.case.reference[2:6], *MARKS[:2], "operator site", "tomas"]
    for term in terms:
        instead = {secret.case.reference: NOWHERE, secret.case.reference[2:6]: NOWHERE[2:6]}.get(term, "Qqqqq")
        if model._meta.model_name in SECRET_MODELS or term not in {"operator site", "tomas"}:
            yield _asking(f"{base}?q=", term, instead)
    guesses = (
        f"site={secret.case.site_id}", f"id={secret.case.pk}", "filings__isnull=False", "handler__username=tomas",
        "event__case__stage=screening", "grievance__urgent=True",
        "o=1", "o=-1.2", "p=1", "p=2", "all=", "_popup=1", "_to_field=id", "e=1",
    )  # fmt: skip
    yield _asking(f"{base}?reference__startswith=", secret.case.reference, NOWHERE)
    for guess in guesses:
        yield Address(f"{base}?{guess}")


def _looking_for(*words: str) -> Iterator[Address]:
    """The search in sealed words, beside one for nothing; the page repeats what was typed."""
    path = "/office/admin/cases/case/words/"
    for one in words:
        yield Address(path, path, ((one, "Qqqqq"),), (("typed", one),), (("typed", "Qqqqq"),))


def _actions(model: type[models.Model], secret: Secret) -> Iterator[Address]:
    """What a list can do to chosen rows, asked for rows of the case."""
    base = f"/office/admin/{model._meta.app_label}/{model._meta.model_name}/"
    for pk in sorted(secret.pks.get(model._meta.model_name or "", ()))[:2]:
        for action in (*(admin.site._registry[model].actions or ()), "delete_selected"):
            chosen = (("action", action), ("index", "0"), ("_selected_action", pk))
            yield Address(base, base, (), chosen, (*chosen[:2], ("_selected_action", NO_PK)))


def _autocompletions(secret: Secret) -> Iterator[Address]:
    for model in apps.get_models():
        for one in model._meta.get_fields():
            if isinstance(one, models.ForeignKey) and one.related_model in admin.site._registry:
                asked = urlencode({
                    "app_label": model._meta.app_label, "model_name": model._meta.model_name or "",
                    "field_name": one.name,
                })  # fmt: skip
                yield Address(f"/office/admin/autocomplete/?{asked}&term=")
                yield _asking(f"/office/admin/autocomplete/?{asked}&term=", secret.case.reference, NOWHERE)


def _asking(address: str, term: str, instead: str) -> Address:
    """A search for something of the case, beside one for nothing; the page repeats what was asked, plain and quoted."""
    typed, other = quote_plus(term), quote_plus(instead)
    twice = tuple(dict.fromkeys(((term, instead), (typed, other), (quote_plus(typed), quote_plus(other)))))
    return Address(f"{address}{typed}", f"{address}{other}", twice)


# -- The walk

LINK = re.compile(r'href="(\?[^"#]+)')


def walk(client: Client, secret: Secret, *, searching: bool) -> Iterator[tuple[Address, int, str]]:
    """Every address, and from each list every link that narrows or orders it; ``searching``: every search as well."""
    waiting = list(dict.fromkeys(addresses(secret, searching=searching)))
    seen = set(waiting)
    while waiting:
        address = waiting.pop()
        status, body = ask(client, address.path, address.post)
        yield address, status, body
        if "?" not in address.path:
            for query in LINK.findall(body):
                further = Address(address.path + query.replace("&amp;", "&"))
                if further not in seen:
                    seen.add(further)
                    waiting.append(further)


def ask(client: Client, path: str, post: tuple[tuple[str, Any], ...] | None) -> tuple[int, str]:
    """Status, and everything that came back: body, address of a redirect, headers, files."""
    response = client.get(path) if post is None else client.post(path, dict(post))
    body = b"".join(response.streaming_content) if response.streaming else response.content  # type: ignore[attr-defined]
    if post is not None and response.status_code == 302:  # the page behind says what was done
        body += client.get(response.headers["Location"]).content
    return response.status_code, f"{dict(response.headers)}\n{body.decode('utf-8', 'replace')}"


def even(body: str, said: tuple[tuple[str, str], ...] = (), side: int = 0) -> str:
    """Without tokens and lengths, and without what the address itself said."""
    for pair in said:
        body = body.replace(pair[side], "…")
    return re.sub(r"'(Content-Length|ETag|Expires|Date|Last-Modified)': '[^']*',? ?", "", TOKEN.sub(r"\1", body))


def found_in(client: Client, secret: Secret, *, searching: bool = True) -> Iterator[str]:
    """What a walk finds of the secret: a mark, its reference, or a difference between it and nothing."""
    for address, status, body in walk(client, secret, searching=searching):
        yield from (f"{mark} at {address.path}" for mark in MARKS if mark in even(body, address.said))
        yield from (f"reference at {address.path}" for one in secret.references if one in even(body, address.said))
        if address.twin:
            other_status, other_body = ask(client, address.twin, address.twin_post or address.post)
            if (status, even(body, address.said)) != (other_status, even(other_body, address.said, 1)):
                yield f"a difference at {address.path}"


# -- Who walks


def conflicted_now(person: Callable[..., User], chain: dict[str, Any]) -> User:
    roles = (Role.HANDLER, Role.INTAKE, Role.OVERSIGHT, Role.CUSTODIAN)
    return person("now", *roles, works_for=chain["operator"])


def conflicted_once(person: Callable[..., User], chain: dict[str, Any]) -> User:
    roles = (Role.HANDLER, Role.INTAKE, Role.SUPERVISOR)
    return person("once", *roles, works_for=chain["two"], until=date(2021, 1, 1))


def outsider(person: Callable[..., User], chain: dict[str, Any]) -> User:
    return person("otto")


def superuser(person: Callable[..., User], chain: dict[str, Any]) -> User:
    User.objects.filter(pk=person("root").pk).update(is_superuser=True, is_staff=True)
    return User.objects.get(username="root")


@pytest.mark.parametrize("who", [conflicted_now, conflicted_once, outsider, superuser], ids=lambda who: who.__name__)
def test_a_case_that_does_not_exist_for_somebody_is_found_nowhere(
    client: Client, secret: Secret, person: Callable[..., User], chain: dict[str, Any], who: Callable[..., User]
) -> None:
    walker, events = who(person, chain), secret.case.events.count()
    walker.set_password(PASSWORD)
    walker.save()
    client.force_login(walker)
    before = client.get("/office/admin/").status_code
    # One rule decides for whoever is conflicted, now or then: one of them searches, the other walks.
    assert list(found_in(client, secret, searching=who is not conflicted_once)) == []
    assert client.get("/office/admin/").status_code == before  # nobody was shown out on the way
    assert not LogEntry.objects.exists()
    assert secret.case.events.count() == events


@pytest.mark.parametrize("kind", [SeatKind.PANELLIST, SeatKind.INTERPRETER])
def test_a_guest_on_one_case_finds_nothing_of_another(
    client: Client, secret: Secret, person: Callable[..., User], supervisor: User, kind: SeatKind
) -> None:
    guest = person("guest")
    seats.seat(case=secret.other, guest=guest, kind=kind, by=supervisor, at=AT)
    client.force_login(guest)
    assert list(found_in(client, secret, searching=kind == SeatKind.PANELLIST)) == []
    assert secret.other.reference in ask(client, "/office/admin/cases/case/", None)[1]
    assert not LogEntry.objects.exists()


def test_whoever_is_conflicted_still_works_on_everything_else(
    client: Client, secret: Secret, person: Callable[..., User], chain: dict[str, Any]
) -> None:
    """An empty office would hide the case too."""
    client.force_login(conflicted_now(person, chain))
    assert secret.other.reference in ask(client, "/office/admin/cases/case/", None)[1]


def test_the_walk_does_find_the_case_for_its_handler(client: Client, secret: Secret, handler: User) -> None:
    """The control: a walk that finds nothing for anybody would prove nothing."""
    client.force_login(User.objects.get(pk=handler.pk))
    found = list(found_in(client, secret, searching=False))
    page = f"/office/admin/cases/case/{secret.case.reference}/"
    assert {mark for mark in MARKS if f"{mark} at {page}" in found} == READ_BY_THE_HANDLER
    picture = min(secret.pks["attachment"])
    assert not [one for one in found if one.startswith((PHONE, EMAIL, FILE))]
    # What the copy has lost stands in the original alone, and it took a reason to get that.
    assert {one for one in found if one.startswith(IN_PICTURE)} == {f"{IN_PICTURE} at {page}original/{picture}/"}
    for place in ("/office/admin/cases/case/", "/office/admin/cases/case/?show=mine"):
        assert f"reference at {place}" in found
    for place in (page, f"{page}picture/{picture}/", f"{page}original/{picture}/"):
        assert f"a difference at {place}" in found


def test_an_error_page_says_nothing_of_what_it_was_about(
    secret: Secret, handler: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(**_given: Any) -> None:
        raise RuntimeError(f"{STATEMENT} {secret.case.reference}")

    monkeypatch.setattr("cases.admin.page.case_page", breaks)
    client = Client(raise_request_exception=False)
    client.force_login(User.objects.get(pk=handler.pk))
    status, body = ask(client, f"/office/admin/cases/case/{secret.case.reference}/", None)
    assert status == 500
    assert not [mark for mark in (*MARKS, *secret.references) if mark in body]


def test_a_party_that_comes_later_ends_sight_at_once(
    client: Client, secret: Secret, person: Callable[..., User], chain: dict[str, Any]
) -> None:
    officer = person("later", Role.HANDLER)
    page = f"/office/admin/cases/case/{secret.case.reference}/"
    client.force_login(officer)
    assert ask(client, page, None)[0] == 200
    officer.employments.create(organisation=chain["cells"], from_on=date(2019, 1, 1))
    assert ask(client, page, None)[0] == 404
