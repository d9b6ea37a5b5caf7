"""Who may be told of an event, by role, case and company: asked when the notice is made."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from accounts.models import RoleGrant, User
from accounts.roles import Role
from cases.models import Case, CaseEvent, Respondent, Routing
from notifications.codes import COMPANIES, INSTEAD, TAKING_PART, TELLABLE, Audience
from supplychain.models import Employment, Organisation

HOLDERS = {
    Audience.INTAKE: Role.INTAKE,
    Audience.SUPERVISOR: Role.SUPERVISOR,
    Audience.LEAD: Role.LEAD,
    Audience.OVERSIGHT: Role.OVERSIGHT,
}


@dataclass(frozen=True)
class Recipient:
    """A person, and for a contact the company as whose contact they are told."""

    user: User
    respondent: Respondent | None = None


class Recipients:
    """Who may be told of these events at this moment; a few statements, however many events there are.

    One more per officer: conflict of interest is asked of the one place that knows it, `Case.objects.visible_to`.
    """

    def __init__(self, events: Iterable[CaseEvent], at: datetime) -> None:
        self.events = list(events)
        self.on = at.date()
        self._visible: dict[int, frozenset[int]] = {}

    def of(self, audience: Audience, event: CaseEvent) -> list[Recipient]:
        """Empty: nobody. With the person whose own act it was, who knows and needs no notice."""
        if audience in COMPANIES:
            return [one for respondent in self._companies(audience, event) for one in self._contacts_of(respondent)]
        return [Recipient(user) for user in self._officers(audience, event)]

    def cannot_all_be_told(self, audience: Audience, event: CaseEvent) -> bool:
        """Is there a company in this audience that may not be told, or where nobody is there to be told?"""
        companies = self._companies(audience, event)
        told = [respondent for respondent in companies if self._contacts_of(respondent)]
        return len(told) < max(len(self._named(audience, event)), 1)

    # -- people of the office
    def _officers(self, audience: Audience, event: CaseEvent) -> list[User]:
        for step in INSTEAD[audience]:
            found = [user for user in self._holding(step, event) if event.case_id in self._cases_of(user)]
            if found:
                return found
        return []

    def _holding(self, audience: Audience, event: CaseEvent) -> list[User]:
        if audience == Audience.HANDLER:
            handler = event.case.handler
            return [handler] if handler is not None and handler.is_active else []
        return self._by_role[HOLDERS[audience]]

    @cached_property
    def _by_role(self) -> dict[str, list[User]]:
        grants = RoleGrant.objects.current().filter(role__in=HOLDERS.values(), user__is_active=True)
        found: dict[str, list[User]] = defaultdict(list)
        for grant in grants.select_related("user").order_by("user_id"):
            found[grant.role].append(grant.user)
        return found

    def _cases_of(self, user: User) -> frozenset[int]:
        if user.pk not in self._visible:
            cases = Case.objects.filter(pk__in={event.case_id for event in self.events})
            self._visible[user.pk] = frozenset(cases.visible_to(user).values_list("pk", flat=True))
        return self._visible[user.pk]

    # -- companies
    def _companies(self, audience: Audience, event: CaseEvent) -> list[Respondent]:
        states = TELLABLE if audience == Audience.RESPONDENT else TAKING_PART
        parties = self._respondents[event.case_id]
        named = (parties[pk] for pk in self._named(audience, event) if pk in parties)
        return [respondent for respondent in named if respondent.state in states]

    def _named(self, audience: Audience, event: CaseEvent) -> list[int]:
        """The organisations of this audience, told or not."""
        if event.respondent is None:
            return []
        if audience == Audience.RESPONDENT:
            return [event.respondent.organisation_id]
        routing = self._routings[event.respondent.routing_id]
        above = buyers_of if audience == Audience.BUYERS else automakers_above
        return above(routing.answer, event.respondent.organisation_id)

    def _contacts_of(self, respondent: Respondent) -> list[Recipient]:
        return [Recipient(user, respondent) for user in self._contacts[respondent.organisation_id]]

    @cached_property
    def _respondents(self) -> dict[int, dict[int, Respondent]]:
        """Case, then organisation."""
        cases = {event.case_id for event in self.events if event.respondent_id is not None}
        found: dict[int, dict[int, Respondent]] = defaultdict(dict)
        for respondent in Respondent.objects.filter(case_id__in=cases).defer("sealed_facts"):
            found[respondent.case_id][respondent.organisation_id] = respondent
        return found

    @cached_property
    def _routings(self) -> dict[int, Routing]:
        return Routing.objects.in_bulk({event.respondent.routing_id for event in self.events if event.respondent})

    @cached_property
    def _contacts(self) -> dict[int, list[User]]:
        """Organisation, then those who work there now as its contacts."""
        parties = {organisation for case in self._respondents.values() for organisation in case}
        found: dict[int, dict[int, User]] = defaultdict(dict)
        for job in (
            Employment.objects.current(self.on)
            .filter(organisation_id__in=parties, user__in=User.objects.holding(Role.RESPONDENT))
            .select_related("user")
            .order_by("user_id")
        ):
            found[job.organisation_id][job.user_id] = job.user
        return defaultdict(list, {organisation: list(users.values()) for organisation, users in found.items()})


def buyers_of(answer: dict[str, Any], organisation: int) -> list[int]:
    """Who bought from ``organisation`` on the paths of a snapshot (`cases.models.Routing.answer`)."""
    return _distinct(buyer for buyer, _kind in _above(answer, organisation, next_only=True))


def automakers_above(answer: dict[str, Any], organisation: int) -> list[int]:
    """The automakers that the paths through ``organisation`` lead to."""
    kind = Organisation.Kind.AUTOMAKER
    return _distinct(buyer for buyer, its in _above(answer, organisation, next_only=False) if its == kind)


def _above(answer: dict[str, Any], organisation: int, *, next_only: bool) -> Iterable[tuple[int, str]]:
    """(organisation, kind) along each path behind ``organisation``. At tier 0 stand the operator and its owners; who
    answers for owning a holder stands where the holder does, at the end of its own path."""
    answers = answer["answers"]
    kinds = {one["organisation"]: one["kind"] for one in answers}
    own: list[dict[str, Any]] = next((one["hops"] for one in answers if one["organisation"] == organisation), [])
    here = {organisation, *(hop["buyer"] for hop in own[-1:])}
    for one in answers:
        path = [hop["buyer"] for hop in one["hops"]]
        start = 0 if not own else next((place + 1 for place, buyer in enumerate(path) if buyer in here), len(path))
        ahead = path[start : start + 1] if next_only else path[start:]
        for buyer in ahead:
            if buyer not in here:
                yield buyer, kinds.get(buyer, "")


def _distinct(ids: Iterable[int]) -> list[int]:
    return list(dict.fromkeys(ids))
