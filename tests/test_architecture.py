"""What imports cannot show: who reads and writes the database, that tables are complete, that text is sealed."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

from accounts.roles import SEES, Field, Role
from cases.codes import TAXONOMY
from cases.drawing import page
from cases.events import KINDS
from cases.models import NEVER_DUE
from cases.states import CASE, REMEDY_STEP, TABLES, Gate, Owner, Stage, Table
from grievance.questions import FAMILIES

ROOT = Path(__file__).resolve().parent.parent
APPS = ("accounts", "supplychain", "grievance", "cases", "notifications")
FLOORS = {name: place for place, name in enumerate(APPS)}
# Rooms that may say `.objects`; `demo` and `management` make data the way the set-up does; a paper has objects too.
READERS = {"models", "queries", "commands", "demo", "management", "migrations", "stripping"}
# `stripping` saves pictures into pipes, `history` is the door through which commands save.
WRITERS = {"commands", "demo", "management", "migrations", "stripping", "history"}
WRITES = re.compile(
    r"\.(save|delete|create|bulk_create|bulk_update|update_or_create|get_or_create)\(|\.objects[^\n]*\.update\("
)


def modules() -> Iterator[tuple[str, str, Path]]:
    """(app, room, file) of every module of the five floors."""
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            room = path.relative_to(ROOT / app).parts[0].removesuffix(".py")
            yield app, room, path


def test_only_models_queries_and_commands_ask_the_database() -> None:
    wrong = [
        str(path.relative_to(ROOT))
        for _app, room, path in modules()
        if room not in READERS and ".objects" in code_of(path)
    ]
    # The admin sees a model's rows through one door, which asks `visible_to`.
    assert wrong == []


def test_only_commands_write() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}: {found.group(0)}"
        for _app, room, path in modules()
        if room not in WRITERS and (found := WRITES.search(code_of(path)))
    ]
    assert wrong == []


def code_of(path: Path) -> str:
    """The source without strings and comments."""
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            node.value = ""
    return ast.unparse(tree)


def test_foreign_keys_point_down_the_floors() -> None:
    wrong = [
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        if model._meta.app_label in FLOORS
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey)
        and field.related_model._meta.app_label in FLOORS
        and FLOORS[field.related_model._meta.app_label] > FLOORS[model._meta.app_label]
    ]
    assert wrong == []


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_state_has_an_owner_a_label_and_a_way_in_and_out(table: Table) -> None:
    first = next(iter(table.states))
    for name, state in table.states.items():
        assert state.owner in Owner
        assert str(state.label)
        assert name == first or any(move.target == name for move in table.transitions), name
        assert state.ends or list(table.leaving(name)), name
    for move in table.transitions:
        assert set(move.sources) | {move.target} <= set(table.states)
        assert move.event in KINDS
        assert set(move.gates) <= set(Gate)


def test_every_stage_has_a_sentence_for_the_person() -> None:
    assert set(CASE.states) == set(Stage)
    assert all(str(state.sentence) for state in CASE.states.values())


def test_a_step_is_never_confirmed_by_anything_but_a_person() -> None:
    ways = {move.verb for move in REMEDY_STEP.transitions if move.target == "confirmed"}
    assert ways == {"confirm"}


def test_the_role_table_names_stages_that_exist_and_no_role_opens_an_identity() -> None:
    for role, fields in SEES.items():
        assert role in Role
        for field, stages in fields.items():
            assert stages <= set(Stage) | {"*"}, (role, field)
            assert field not in {Field.IDENTITY, Field.CONTACT}


def test_the_families_on_the_form_are_those_of_the_taxonomy() -> None:
    assert len(TAXONOMY) == 17 + 116
    assert {family.code for family in FAMILIES} == {code.code for code in TAXONOMY.values() if not code.parent} | {
        "XX03"
    }


# Every text and JSON column of ours, live and historical, that holds no words of a person. A new column fails this test
# until somebody says which of the two it is.
PLAIN = {
    "accounts.User": {"password", "username", "first_name", "last_name", "email", "language", "phone"},
    "accounts.RoleGrant": {"role"},
    "accounts.AccessToken": {"name", "scopes"},  # what a program is called, and codes
    "supplychain.Employment": {"unit"},
    "supplychain.Organisation": {"name", "kind", "country", "lei", "gln", "rmi_id", "os_id"},
    "supplychain.Site": {"name", "folded", "kind", "country", "place", "os_id", "poster"},
    "supplychain.LocalName": {"name", "folded"},
    "supplychain.SupplyLink": {"material", "claim", "source"},
    "grievance.KeyWrap": {"holder"},
    "grievance.Grievance": {"channel", "language", "families", "openness", "country", "harmed"},
    "grievance.Complainant": {"safe_way"},
    "grievance.Consent": {"kind"},
    "grievance.SealedFile": {"kind"},
    "grievance.Recovery": {"state"},
    "grievance.Reply": {"channel", "message_id", "state", "report", "code"},
    "grievance.GatewayDay": {"country"},
    "grievance.Remote": {"kind", "state", "code"},
    "grievance.EarlyReport": {"outcome"},
    "grievance.ReadingHours": {"zone"},
    "grievance.Gateway": {"slug", "name", "kind", "options"},  # the office's own set-up; secrets are sealed
    "grievance.Writer": {"language"},
    "grievance.InboundRequest": {"state"},
    "grievance.FormSession": {"language", "reference", "step"},
    "grievance.TextReceipt": {"reference"},
    "grievance.FieldPartner": {"name", "kind", "countries", "languages"},
    "grievance.PartnerCard": {"label", "language"},  # what the card is called, and of its paper
    "grievance.PartnerNumber": {"ended_because"},
    "grievance.Practice": {"discarded_because"},
    "grievance.Relay": {"reference", "authority", "consent_how", "may_see", "ended_because"},
    "grievance.Message": {"language"},
    "grievance.Translation": {"language", "maker"},
    "grievance.Attachment": {"state"},
    "grievance.Arrival": {"kind"},
    "grievance.Opening": {"what", "reason"},
    "cases.Case": {"reference", "stage", "severity", "track", "language", "own_motion", "outcome", "procedure"},
    "cases.Filing": {"standing", "waived_because"},
    "cases.Eligibility": {"reasons"},
    "cases.Declaration": {"ties"},
    "cases.Implicated": {"unit"},
    "cases.Assessment": {"computed", "level", "retaliation"},
    "cases.EarlyWarning": {"family"},
    "cases.FpicEntry": {"kind"},
    "cases.Person": {"capacity"},
    "cases.Hearing": {"kind"},
    "cases.Evidence": {"kind"},
    "cases.Finding": {"basis", "result"},
    "cases.FindingText": {"audience", "language"},
    "cases.Seat": {"kind"},
    "cases.Appeal": {"interrupted", "result", "return_to"},
    "cases.Letter": {"kind", "language"},
    "cases.ServedText": {"kind", "language"},
    "cases.Referral": {"kind"},
    "cases.Proceeding": {"forum", "country"},
    "cases.SafetyCheck": {"reason", "answer"},
    "cases.Note": {"kind"},
    "cases.Hold": {"reason"},
    "cases.Involvement": {"kind"},
    "cases.RemedyStep": {"type", "state"},
    "cases.StepText": {"language"},
    "cases.Payment": {"basis", "currency"},
    "cases.Verification": {"method"},
    "cases.CaseLink": {"kind"},
    "cases.Unsealing": {"reference", "what", "reason"},
    "cases.CannedText": {"name", "language", "body"},  # general words, written for everybody
    "cases.CaseCode": {"code"},
    "cases.Routing": {"answer"},
    "cases.Respondent": {"state", "reference", "deferred_because"},
    "cases.Clock": {"kind", "regime", "country"},
    "cases.ClockPause": {"reason"},
    "cases.CaseEvent": {"kind", "data"},
    "notifications.Notice": {"step", "channel", "message_id", "state"},
    "notifications.Delivery": {"outcome", "code"},
}
HISTORY = {"history_change_reason", "history_type"}


def test_free_text_of_people_is_sealed() -> None:
    unknown = []
    for model in apps.get_models():
        if model._meta.app_label not in FLOORS:
            continue
        label = model._meta.label.replace(".Historical", ".")
        allowed = PLAIN.get(label, set()) | (HISTORY if "Historical" in model._meta.label else set())
        unknown += [
            f"{model._meta.label}.{field.name}"
            for field in model._meta.concrete_fields
            if isinstance(field, (models.CharField, models.TextField, models.JSONField)) and field.name not in allowed
        ]
    assert unknown == []


def test_nothing_due_sorts_behind_everything_due() -> None:
    assert NEVER_DUE.year == 9999


def test_the_diagrams_in_the_docs_are_the_tables() -> None:
    assert (ROOT / "docs" / "lifecycles.md").read_text() == page(), "run: manage.py draw_lifecycles"
