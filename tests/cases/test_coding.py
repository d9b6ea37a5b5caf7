"""What a case is about, by the codes of the taxonomy: its severity, its track, and who sees it, at once."""

import csv
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from accounts.errors import Refused
from accounts.models import User
from accounts.roles import Role
from cases.codes import FAMILIES, TAXONOMY, WITHIN
from cases.commands import casework, coding
from cases.models import Assessment, Case
from cases.states import Track
from tests.cases.conftest import AT, opened

QUEUE = "/office/admin/cases/case/"
LATER = AT + timedelta(hours=1)


def fresh(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


def test_every_code_has_the_name_of_the_taxonomy_and_one_family() -> None:
    with (Path(coding.__file__).parent.parent / "data" / "taxonomy.csv").open(encoding="utf-8") as rows:
        names = {row["code"]: row["label"] for row in csv.DictReader(rows)}
    assert {code: str(row.label) for code, row in TAXONOMY.items()} == names
    assert sum(len(codes) for codes in WITHIN.values()) == len(TAXONOMY)


@pytest.mark.parametrize(
    ("codes", "severity", "track"),
    [
        (["WG01"], "", "standard"),
        (["WG01", "OS06"], "high", "standard"),
        (["OS01", "OS06"], "critical", "standard"),
        (["CL01", "WG01"], "high", "child"),
        (["RT02", "CL01"], "critical", "child"),
        (["GB06", "RT01"], "critical", "survivor"),
        (["RT01"], "high", "retal"),
    ],
)
def test_codes_set_the_least_severity_and_the_track_that_protects_most(
    case: Case, handler: User, codes: list[str], severity: str, track: str
) -> None:
    coding.code(case=case, codes=codes, by=handler, at=LATER)
    assert (fresh(case).severity, fresh(case).track) == (severity, track)
    assert set(fresh(case).codes.values_list("code", flat=True)) == set(codes)
    assert case.events.get(kind="codes_set").data == {"codes": sorted(codes), "track": track}


@pytest.mark.parametrize(("graded", "codes", "severity"), [
    ("medium", ["OS06"], "high"), ("critical", ["OS06"], "critical"), ("low", ["WG01"], "low"),
])  # fmt: skip
def test_a_graded_case_stands_at_its_floor_at_least(
    case: Case, handler: User, graded: str, codes: list[str], severity: str
) -> None:
    Assessment.objects.create(
        case=case, scale=2, scope=2, irremediability=2, computed=graded, level=graded, retaliation="low", by=handler,
        at=AT,
    )  # fmt: skip
    coding.code(case=case, codes=codes, by=handler, at=LATER)
    assert fresh(case).severity == severity


@pytest.mark.parametrize(("codes", "refused"), [([], "no_code"), (["ZZ99"], "unknown_code")])
def test_a_case_is_about_something_that_the_taxonomy_knows(
    case: Case, handler: User, codes: list[str], refused: str
) -> None:
    with pytest.raises(Refused, match=refused):
        coding.code(case=case, codes=codes, by=handler, at=LATER)
    assert set(case.codes.values_list("code", flat=True)) == {"WG"}
    assert not case.events.filter(kind="codes_set").exists()


@pytest.mark.parametrize(("code", "role"), [
    ("GB02", Role.SURVIVOR), ("CL01", Role.CHILD), ("RT03", Role.RETAL), ("XX03", Role.OVERSIGHT),
])  # fmt: skip
def test_who_sees_a_case_changes_with_its_codes_at_once(
    case: Case, handler: User, supervisor: User, person: Callable[..., User], code: str, role: Role
) -> None:
    """Even the handler loses sight of it, and the case is without one."""
    special = person("nadia", Role.HANDLER, role)
    casework.assign(case=case, handler=handler, by=supervisor, at=AT)
    coding.code(case=case, codes=[code], by=handler, at=LATER)
    assert fresh(case).handler is None
    for user, sees in ((handler, False), (supervisor, False), (special, True)):
        assert Case.objects.visible_to(User.objects.get(pk=user.pk)).exists() is sees, user
    with pytest.raises(Refused, match="not_found"):
        coding.code(case=case, codes=["WG01"], by=handler, at=LATER)
    # And back: whoever works on the track says that it belongs there no longer.
    coding.code(case=case, codes=["WG01"], by=special, at=LATER)
    assert Case.objects.visible_to(User.objects.get(pk=handler.pk)).exists()


def test_each_track_has_a_queue_and_only_its_own_people_are_offered_it(
    client: Client, chain: dict[str, Any], person: Callable[..., User]
) -> None:
    site = chain["mine"].pk
    cases = {track: opened(site_id=site, families=families) for track, families in (
        (Track.STANDARD, ("WG",)), (Track.SURVIVOR, ("GB",)), (Track.CHILD, ("CL",)), (Track.RETAL, ("RT",)),
    )}  # fmt: skip
    everybody = {
        "tomas": ({Track.STANDARD}, (Role.HANDLER,)),
        "sana": ({Track.STANDARD, Track.SURVIVOR}, (Role.HANDLER, Role.SURVIVOR)),
        "nadia": (set(Track), (Role.HANDLER, Role.SURVIVOR, Role.CHILD, Role.RETAL)),
        "omar": (set(Track), (Role.OVERSIGHT,)),
    }
    for name, (tracks, roles) in everybody.items():
        client.force_login(person(name, *roles))
        queue = client.get(QUEUE).content.decode()
        assert {track for track, case in cases.items() if case.reference in queue} == tracks, name
        home = client.get("/office/admin/").content.decode()
        for track in Track:
            offered = len(tracks) > 1 and track in tracks
            assert (f"?track={track}" in queue, f"?track={track}" in home) == (offered, offered), (name, track)
            narrowed = client.get(f"{QUEUE}?track={track}").content.decode()
            if offered:
                assert {one for one, case in cases.items() if case.reference in narrowed} == {track}


def test_a_specialist_role_alone_opens_no_case(case: Case, person: Callable[..., User]) -> None:
    Case.objects.update(track=Track.SURVIVOR)
    assert not Case.objects.visible_to(person("sana", Role.SURVIVOR)).exists()


def test_the_page_offers_every_code_under_its_family(client: Client, case: Case, handler: User) -> None:
    client.force_login(handler)
    page = f"{QUEUE}{case.reference}/"
    shown = client.get(page).content.decode()
    assert shown.count('name="codes"') == len(TAXONOMY)
    assert shown.count("<summary>Wages, hours &amp; conditions</summary>") == 1
    assert 'value="WG" checked' in shown
    assert len(FAMILIES) == 17
    assert client.post(f"{page}do/code/", {"codes": ["WG01", "OS06"]}).status_code == 302
    assert set(case.codes.values_list("code", flat=True)) == {"WG01", "OS06"}
    assert "OS06, WG01" in client.get(page).content.decode()
    moved = client.post(f"{page}do/code/", {"codes": ["GB03"]})
    assert moved.headers["Location"] == QUEUE
    assert client.get(page).status_code == 404
