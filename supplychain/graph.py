"""Who answers for a site: a walk forward along dated supply links, with the path that makes each company answer."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, NamedTuple, TypeVar

from supplychain.codes import ANYTHING, CLAIM_RANK, LOOK_BACK_DAYS, MAX_TIERS, UNRANKED, Custody, contents


@dataclass(frozen=True)
class Party:
    """An organisation, as far as the walk needs it."""

    id: int
    name: str
    kind: str
    in_industry: bool = True
    parent: int | None = None


@dataclass(frozen=True)
class Place:
    """A site and who runs it."""

    id: int
    name: str
    operator: int


@dataclass(frozen=True)
class Link:
    """A buyer took a material from a site, from one day to another (None: still does)."""

    id: int
    site: int
    buyer: int
    buyer_site: int | None
    material: str
    from_on: date
    until_on: date | None
    claim: str

    def held_between(self, since: date, on: date) -> bool:
        return self.from_on <= on and (self.until_on is None or self.until_on >= since)


@dataclass(frozen=True)
class Hop:
    """One step of a path: this buyer took this material from this site. Days are ISO 8601."""

    link: int
    site: int
    site_name: str
    buyer: int
    buyer_name: str
    material: str
    from_on: str
    until_on: str | None
    claim: str
    delivered_to: int | None = None


@dataclass(frozen=True)
class Evidence:
    """What an answer rests on: links that held within these days (ISO 8601), and, once lots are recorded, the
    chain-of-custody model (`codes.Model`) and the share of the holder's lots that carry material of the site."""

    from_on: str
    until_on: str
    model: str = ""
    share: float | None = None


@dataclass(frozen=True)
class Answer:
    """One company that answers, how many steps from the site, why (`codes.Custody`), and along which path.

    The operator and its owners stand at tier 0 without a path. ``dataclasses.asdict`` of it is JSON.
    """

    organisation: int
    kind: str
    name: str
    tier: int
    custody: str
    hops: tuple[Hop, ...]
    evidence: Evidence = field(default=Evidence("", ""))


@dataclass(frozen=True, order=True)
class _Path:
    """Links taken so far; of two equally long ones the better claimed is kept, then the one of lower ids."""

    doubt: int = 0
    ids: tuple[int, ...] = ()
    links: tuple[Link, ...] = field(default=(), compare=False)

    def then(self, link: Link) -> "_Path":
        return _Path(self.doubt + CLAIM_RANK.get(link.claim, UNRANKED), (*self.ids, link.id), (*self.links, link))


class _Where(NamedTuple):
    """Where the material is, a site or somewhere with a buyer whose site nobody named, and what of it can be there."""

    named: bool
    id: int  # of the site, or of the buyer
    carried: frozenset[str]


_Reached = dict[int, tuple[bool, _Path]]  # organisation: does it only hold what a buyer owns, best path
_Ahead = dict[_Where, _Path]
_Best = TypeVar("_Best", _Path, tuple[bool, _Path])
_Key = TypeVar("_Key", int, _Where)


def who_answers(
    site: int,
    *,
    links: Iterable[Link],
    organisations: Mapping[int, Party],
    places: Mapping[int, Place],
    on: date,
    window_days: int = LOOK_BACK_DAYS,
    max_tiers: int = MAX_TIERS,
) -> list[Answer]:
    """Everybody who answers for ``site`` on the day ``on``, nearest first, each once, by its shortest path.

    A link counts if it held on at least one day of the ``window_days`` before ``on`` or on it: material of last year
    is in this year's cars. From a buyer the walk goes on at the site that the link names; where none is named, at
    every site of the buyer. What it sells goes on only if something of the first material can be in it (`codes`).
    The operator's owners answer too, through ownership, at tier 0, if they take part in the trade themselves; owners
    of buyers do not, unless they buy. The order of the input changes nothing. O(links) for each base material.
    """
    since = on - timedelta(days=window_days)
    evidence = Evidence(since.isoformat(), on.isoformat())
    answers = {answer.organisation: answer for answer in _at_the_site(places[site], organisations, evidence)}
    held = [link for link in links if link.held_between(since, on)]
    for tier, reached in enumerate(_tiers(site, held, places, max_tiers), start=1):
        for organisation, (holds_only, path) in sorted(reached.items()):
            if organisation not in answers:
                party = organisations[organisation]
                hops = tuple(_hop(link, organisations, places) for link in path.links)
                custody = Custody.POSSESSION if holds_only else Custody.LINK
                answers[organisation] = Answer(party.id, party.kind, party.name, tier, custody, hops, evidence)
    return list(answers.values())


def _at_the_site(place: Place, organisations: Mapping[int, Party], evidence: Evidence) -> Iterable[Answer]:
    """The operator, and above it every owner that is in the trade."""
    passed: set[int] = set()
    party: Party | None = organisations[place.operator]
    while party is not None and party.id not in passed:
        custody = Custody.OWNERSHIP if passed else Custody.OPERATOR
        if party.in_industry or not passed:
            yield Answer(party.id, party.kind, party.name, 0, custody, (), evidence)
        passed.add(party.id)
        party = organisations.get(party.parent) if party.parent is not None else None


def _tiers(site: int, links: Iterable[Link], places: Mapping[int, Place], max_tiers: int) -> Iterator[_Reached]:
    """The companies reached at each tier, best path each. Every whereabouts is left once, so cycles end."""
    sales: defaultdict[int, list[Link]] = defaultdict(list)
    sites_of: defaultdict[int, list[int]] = defaultdict(list)
    for link in links:
        sales[link.site].append(link)
    for place in places.values():
        sites_of[place.operator].append(place.id)
    seen: set[_Where] = set()
    frontier: _Ahead = {_Where(True, site, ANYTHING): _Path()}
    while frontier and max_tiers > 0:
        seen.update(frontier)
        reached: _Reached = {}
        ahead: _Ahead = {}
        for where, path in frontier.items():
            for seller in (where.id,) if where.named else sites_of[where.id]:
                for link in sales[seller]:
                    if carried := where.carried & contents(link.material):
                        _follow(link, path.then(link), carried, places, reached, ahead)
        yield reached
        frontier = {where: path for where, path in ahead.items() if where not in seen}
        max_tiers -= 1


def _follow(
    link: Link,
    path: _Path,
    carried: frozenset[str],
    places: Mapping[int, Place],
    reached: _Reached,
    ahead: _Ahead,
) -> None:
    """Note who is reached by this link, and where the material is then."""
    _offer(reached, link.buyer, (False, path))
    if link.buyer_site is None:
        _offer(ahead, _Where(False, link.buyer, carried), path)
        return
    _offer(ahead, _Where(True, link.buyer_site, carried), path)
    holder = places[link.buyer_site].operator
    if holder != link.buyer:
        _offer(reached, holder, (True, path))


def _offer(best: dict[_Key, _Best], key: _Key, value: _Best) -> None:
    if key not in best or value < best[key]:
        best[key] = value


def answers_of(kept: Iterable[Mapping[str, Any]]) -> list[Answer]:
    """The answers that somebody kept as JSON (``dataclasses.asdict``), as they were."""
    return [
        Answer(
            **{
                **row,
                "hops": tuple(Hop(**hop) for hop in row["hops"]),
                "evidence": Evidence(**row["evidence"]),
            }
        )
        for row in kept
    ]


def _hop(link: Link, organisations: Mapping[int, Party], places: Mapping[int, Place]) -> Hop:
    return Hop(
        link=link.id,
        site=link.site,
        site_name=places[link.site].name,
        buyer=link.buyer,
        buyer_name=organisations[link.buyer].name,
        material=link.material,
        from_on=link.from_on.isoformat(),
        until_on=link.until_on.isoformat() if link.until_on else None,
        claim=link.claim,
        delivered_to=link.buyer_site,
    )
