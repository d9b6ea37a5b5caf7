"""Role x field x stage: the table says who sees what, and this says it again by hand."""

import pytest

from accounts.roles import CASEWORK, DOES, LABELS, OFFICE, SEES, Act, Field, Role, does, sees, stages_seen
from cases.states import Stage

STAGES = [str(stage) for stage in Stage]
EARLY = {"received", "screening", "set_aside"}
WORDS = {Field.STATEMENT, Field.CONVERSATION, Field.PICTURES, Field.ORIGINALS}
# By hand: in which stages a role reads a person's words at all.
READS = {
    Role.INTAKE: EARLY,
    Role.HANDLER: set(STAGES),
    Role.SUPERVISOR: set(STAGES),
    Role.OVERSIGHT: set(STAGES),
}


def expected(role: Role, field: Field, stage: str) -> bool | None:
    """None: the table may say either way, but nothing of a case is seen without the case."""
    if field in {Field.IDENTITY, Field.CONTACT} or role in {Role.CUSTODIAN, Role.RESPONDENT, Role.PARTNER}:
        return False
    if field == Field.ORIGINALS:
        return role == Role.HANDLER
    if field in WORDS:
        return stage in READS.get(role, set()) and (field != Field.PICTURES or role != Role.OVERSIGHT)
    return None


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("field", Field)
def test_who_sees_what_when(role: Role, field: Field) -> None:
    roles = frozenset({role})
    for stage in STAGES:
        seen = sees(roles, field, stage)
        wanted = expected(role, field, stage)
        assert seen == wanted if wanted is not None else not seen or sees(roles, Field.CASE, stage), stage


@pytest.mark.parametrize("role", Role)
def test_every_stage_named_exists_and_the_list_agrees_with_the_page(role: Role) -> None:
    for stages in SEES.get(role, {}).values():
        assert stages <= {*STAGES, "*"}
    listed = stages_seen(frozenset({role}))
    for stage in STAGES:
        assert sees(frozenset({role}), Field.CASE, stage) == (listed is None or stage in listed)


def test_no_role_sees_nothing_and_two_roles_see_both() -> None:
    assert stages_seen(frozenset()) == frozenset()
    both = frozenset({Role.INTAKE, Role.INVESTIGATOR})
    assert sees(both, Field.STATEMENT, "received")
    assert sees(both, Field.CASE, "investigation")
    assert not sees(both, Field.STATEMENT, "investigation")


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("act", Act)
def test_who_acts_also_sees_the_case(role: Role, act: Act) -> None:
    if does(frozenset({role}), act):
        assert stages_seen(frozenset({role})) != frozenset()
        assert role in OFFICE


def test_everyone_with_casework_needs_a_second_factor_and_every_role_has_a_name() -> None:
    assert set(SEES) | set(DOES) <= CASEWORK
    assert set(LABELS) == set(Role)
    assert {Role.RESPONDENT, Role.PARTNER}.isdisjoint(OFFICE)
