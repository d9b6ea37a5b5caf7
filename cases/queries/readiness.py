"""Which gates the present team cannot pass: asked of who holds which role now, without looking at any case."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import RoleGrant, User
from accounts.policies import OUTSIDE
from accounts.roles import DOES, LABELS, SPECIALISTS, Role
from grievance.queries import custody_pairs
from supplychain.queries import in_industry, mechanism_people

Text = str | Promise
People = frozenset[int]


@dataclass(frozen=True)
class Team:
    """Active people, by their ids. ``outsiders`` act on no case by role and have no employer in the industry: they
    could sit on a panel. ``mechanism``: who works or worked for whoever runs the mechanism, None if that can be no
    party."""

    holding: Mapping[Role, People]
    in_industry: People
    outsiders: People
    mechanism: People | None
    keeps_names: bool  # two custodians of different organisations have keys

    def all_of(self, *roles: Role) -> People:
        """Who holds every one of these roles."""
        return frozenset.intersection(*(self.holding.get(role, frozenset()) for role in roles))


@dataclass(frozen=True)
class Need:
    """``step``: of a case, what cannot be done without it. ``lack`` and ``remedy``: one plain sentence each."""

    step: Text
    met: Callable[[Team], bool]
    lack: Text
    remedy: Text


@dataclass(frozen=True)
class Readiness:
    """``steps``: those for which nothing lacks."""

    lacking: list[Need]
    steps: list[Text]


_SIGNING = _("Signing too what somebody else decided")

NEEDS: tuple[Need, ...] = (
    Need(
        _("Reading what comes in"),
        lambda team: bool(team.all_of(Role.INTAKE)),
        _("Nobody is there to read what comes in."),
        _("Give somebody the role of an intake officer."),
    ),
    Need(
        _("Reading a case whose site is not known"),
        lambda team: bool(team.all_of(Role.INTAKE) - team.in_industry),
        _("A case without a known site exists for nobody: every intake officer has an employer in the industry."),
        _("Give the role of an intake officer to somebody who never worked for a company of the supply chain."),
    ),
    Need(
        _("Giving a case to somebody"),
        lambda team: bool(team.all_of(Role.HANDLER)),
        _("Nobody is there to whom a case could be given."),
        _("Give somebody the role of a case handler."),
    ),
    Need(
        _SIGNING,
        lambda team: bool(team.all_of(Role.SUPERVISOR)),
        _("Nobody is there for a second signature: that a case is not ours, or that a company is told of few people."),
        _("Give somebody the role of a supervisor."),
    ),
    Need(
        _SIGNING,
        lambda team: len(team.all_of(Role.SUPERVISOR)) != 1,
        _("What the only supervisor decided, nobody but oversight can sign."),
        _("Give a second person the role of a supervisor."),
    ),
    Need(
        _("Cases about this mechanism, and those in which everybody is in conflict"),
        lambda team: bool(team.all_of(Role.OVERSIGHT)),
        _("Such cases exist for nobody, because nobody is oversight."),
        _("Give somebody the role of oversight who works on no other case."),
    ),
    Need(
        _("Deciding an appeal"),
        lambda team: bool(team.outsiders),
        _("Nobody is there for a panel: everybody with an account works on cases, or for a company."),
        _("Make an account for somebody from outside; a seat on the case is all that they need."),
    ),
    Need(
        _("Deciding a case to which the operator of this mechanism is a party"),
        lambda team: team.mechanism is None or bool(team.outsiders - team.mechanism),
        _("The operator of this mechanism may be a party, and nobody from outside it could sit on the panel."),
        _("Make an account for somebody who never worked for the operator of this mechanism."),
    ),
    Need(
        _("Keeping names in confidence"),
        lambda team: team.keeps_names,
        _("Nobody can file in confidence, because no two custodians of different organisations have a key."),
        _("Let two custodians of different organisations make their keys, each on the page of custody keys."),
    ),
    Need(
        _("Making accounts and giving roles"),
        lambda team: bool(team.all_of(Role.LEAD)),
        _("Nobody is there to make accounts and to give roles."),
        _("Let an administrator give somebody the role of a programme lead."),
    ),
)


def _of_track(special: Role) -> Iterator[Need]:
    """A track of its own has people of its own, at each of its steps."""
    step = _("Cases for the role “%(role)s”") % {"role": LABELS[special]}
    yield Need(
        step,
        lambda team: bool(team.all_of(Role.HANDLER, special)),
        _("No case handler holds this role too: nobody can work on these cases."),
        _("Give a case handler this role too."),
    )
    yield Need(
        step,
        lambda team: bool(team.all_of(Role.SUPERVISOR, special) or team.all_of(Role.OVERSIGHT)),
        _("No supervisor holds this role too: nobody can assign these cases, or sign."),
        _("Give a supervisor this role too."),
    )
    yield Need(
        step,
        lambda team: bool(team.all_of(Role.INTAKE, special) - team.in_industry),
        _("While its site is not known, such a case exists for nobody: it needs an intake officer with this role."),
        _("Give this role to an intake officer who never worked for a company of the supply chain."),
    )


def readiness() -> Readiness:
    """What the team of today can do, and what it cannot; a constant number of questions to the database."""
    team = _team()
    needs = [*NEEDS, *(need for special in SPECIALISTS for need in _of_track(special))]
    lacking = [need for need in needs if not need.met(team)]
    short = {str(need.step) for need in lacking}
    return Readiness(lacking, [step for step in dict.fromkeys(str(need.step) for need in needs) if step not in short])


def _team() -> Team:
    holding: dict[Role, set[int]] = {}
    for user, role in RoleGrant.objects.current().filter(user__is_active=True).values_list("user_id", "role"):
        holding.setdefault(Role(role), set()).add(user)
    busy = {user for role in {*DOES, *OUTSIDE} for user in holding.get(role, ())}
    free = set(User.objects.filter(is_active=True, is_superuser=False).values_list("pk", flat=True)) - busy
    industry = in_industry(free | holding.get(Role.INTAKE, set()))
    return Team(
        holding={role: frozenset(people) for role, people in holding.items()},
        in_industry=industry,
        outsiders=frozenset(free - industry),
        mechanism=mechanism_people(),
        keeps_names=bool(custody_pairs()),
    )
