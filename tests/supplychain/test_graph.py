"""Who answers for a site: the walk along dated links."""

import json
from dataclasses import asdict, replace
from datetime import date, timedelta
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from supplychain.codes import CLAIM_RANK, contents
from supplychain.graph import Answer, Link, Party, Place, answers_of, who_answers

ON = date(2026, 3, 2)
LONG_AGO = date(2020, 1, 1)


def link(
    number: int,
    site: int,
    buyer: int,
    *,
    to: int | None = None,
    material: str = "cobalt",
    from_on: date = LONG_AGO,
    until_on: date | None = None,
    claim: str = "declared",
) -> Link:
    return Link(number, site, buyer, to, material, from_on, until_on, claim)


def company(number: int, **changes: object) -> Party:
    return replace(Party(number, f"company {number}", "refiner"), **changes)  # type: ignore[arg-type]


# Company n runs site 10 n; company 1 runs site 11 too.
COMPANIES = {number: company(number) for number in range(1, 8)}
PLACES = {
    **{10 * number: Place(10 * number, f"site {10 * number}", number) for number in COMPANIES},
    11: Place(11, "site 11", 1),
}


def ask(*links: Link, site: int = 10, companies: dict[int, Party] = COMPANIES, **more: int) -> list[Answer]:
    return who_answers(site, links=links, organisations=companies, places=PLACES, on=ON, **more)


def said(answers: list[Answer]) -> dict[int, tuple[int, tuple[int, ...]]]:
    return {answer.organisation: (answer.tier, tuple(hop.link for hop in answer.hops)) for answer in answers}


def test_the_operator_answers_even_when_nobody_bought() -> None:
    (only,) = ask()
    assert (only.organisation, only.tier, only.custody, only.hops) == (1, 0, "operator", ())


def test_each_company_downstream_answers_with_its_path() -> None:
    answers = ask(link(1, 10, 2, to=20), link(2, 20, 3, to=30), link(3, 30, 4), link(4, 30, 5))
    assert said(answers) == {1: (0, ()), 2: (1, (1,)), 3: (2, (1, 2)), 4: (3, (1, 2, 3)), 5: (3, (1, 2, 4))}
    assert {answer.custody for answer in answers[1:]} == {"link"}
    hop = answers[2].hops[1]
    assert (hop.site_name, hop.buyer_name, hop.from_on, hop.until_on) == ("site 20", "company 3", "2020-01-01", None)


@pytest.mark.parametrize(
    ("from_on", "until_on", "answers"),
    [
        (ON, None, True),
        (ON + timedelta(days=1), None, False),
        (LONG_AGO, ON - timedelta(days=365), True),
        (LONG_AGO, ON - timedelta(days=366), False),
    ],
)
def test_a_buyer_of_the_last_year_answers_and_one_of_before_does_not(
    from_on: date, until_on: date | None, answers: bool
) -> None:
    assert (2 in said(ask(link(1, 10, 2, from_on=from_on, until_on=until_on)))) is answers


def test_the_window_is_an_argument_and_stands_in_the_evidence() -> None:
    ended = link(1, 10, 2, until_on=ON - timedelta(days=10))
    assert 2 not in said(ask(ended, window_days=9))
    (_operator, buyer) = ask(ended, window_days=10)
    assert (buyer.evidence.from_on, buyer.evidence.until_on) == ("2026-02-20", "2026-03-02")


def test_a_diamond_keeps_the_shortest_path() -> None:
    links = [link(1, 10, 2, to=20), link(2, 20, 3, to=30), link(3, 30, 4, to=40), link(4, 20, 4, to=40)]
    assert said(ask(*links))[4] == (2, (1, 4))


def test_of_two_equal_paths_the_better_claim_counts_and_then_the_older_row() -> None:
    audited = [link(1, 10, 2, claim="public"), link(2, 10, 2, claim="audit"), link(3, 10, 2, claim="audit")]
    assert said(ask(*audited))[2] == (1, (2,))


def test_a_cycle_ends_and_the_operator_is_not_its_own_customer() -> None:
    links = [link(1, 10, 2, to=20), link(2, 20, 3, to=30), link(3, 30, 1, to=10), link(4, 10, 1, to=11)]
    assert said(ask(*links)) == {1: (0, ()), 2: (1, (1,)), 3: (2, (1, 2))}


def test_a_site_that_delivers_to_itself_changes_nothing() -> None:
    assert said(ask(link(1, 10, 1, to=10), link(2, 10, 2))) == {1: (0, ()), 2: (1, (2,))}


def test_through_another_site_of_the_operator() -> None:
    assert said(ask(link(1, 10, 1, to=11), link(2, 11, 2)))[2] == (2, (1, 2))


def test_where_no_site_is_named_every_site_of_the_buyer_counts() -> None:
    links = [link(1, 20, 1), link(2, 10, 3), link(3, 11, 4)]
    assert set(said(ask(*links, site=20))) == {2, 1, 3, 4}


def test_where_a_site_is_named_only_that_one_counts() -> None:
    links = [link(1, 20, 1, to=11), link(2, 10, 3), link(3, 11, 4)]
    assert set(said(ask(*links, site=20))) == {2, 1, 4}


def test_cobalt_becomes_cells_and_never_steel() -> None:
    links = [
        link(1, 10, 2, to=20, material="cobalt hydroxide"),
        link(2, 20, 3, to=30, material="precursor"),
        link(3, 30, 4, to=40, material="battery cells"),
        link(4, 20, 5, material="steel coil"),
        link(5, 30, 6, material="nickel sulphate"),  # from the precursor's other ingredients
        link(6, 30, 7, material="something that nobody listed"),
    ]
    assert set(said(ask(*links))) == {1, 2, 3, 4, 7}


def test_owners_of_the_operator_answer_if_they_are_in_the_trade() -> None:
    companies = {
        **COMPANIES,
        1: company(1, parent=5),
        5: company(5, parent=6, in_industry=False),
        6: company(6, parent=1),
    }
    answers = ask(link(1, 10, 6), companies=companies)
    assert [(answer.organisation, answer.tier, answer.custody) for answer in answers] == [
        (1, 0, "operator"),
        (6, 0, "ownership"),
    ]


def test_whoever_holds_it_for_the_buyer_answers_too() -> None:
    answers = ask(link(1, 10, 2, to=30), link(2, 30, 4))
    assert {answer.organisation: answer.custody for answer in answers} == {
        1: "operator",
        2: "link",
        3: "possession",
        4: "link",
    }


def test_a_chain_is_followed_so_far_and_no_farther() -> None:
    links = [link(number, 10 * number, number + 1, to=10 * (number + 1)) for number in range(1, 7)]
    assert max(said(ask(*links))) == 7
    assert max(said(ask(*links, max_tiers=3))) == 4


def test_an_answer_survives_being_kept_as_json() -> None:
    answers = ask(link(1, 10, 2, to=20), link(2, 20, 3, until_on=ON))
    assert answers_of(json.loads(json.dumps([asdict(answer) for answer in answers]))) == answers


def test_a_wide_chain_is_walked_once() -> None:
    """A thousand buyers without a named site, each with sites of its own: no product of the two."""
    companies = {number: company(number) for number in range(1, 1002)}
    places = {number: Place(number, "", number % 1001 + 1) for number in range(10_000)}
    links = [link(number, number, number % 997 + 2) for number in range(10_000)]
    answers = who_answers(0, links=links, organisations=companies, places=places, on=ON)
    assert 1 < len(answers) <= 1001


# -- What holds for every chain

days = st.integers(-900, 60).map(lambda offset: ON + timedelta(days=offset))


@st.composite
def chains(draw: st.DrawFn) -> list[Link]:
    def one(number: int) -> Link:
        from_on = draw(days)
        until_on = draw(st.none() | days.filter(lambda day: day >= from_on))
        return link(
            number,
            draw(st.sampled_from(sorted(PLACES))),
            draw(st.sampled_from(sorted(COMPANIES))),
            to=draw(st.none() | st.sampled_from(sorted(PLACES))),
            material=draw(st.sampled_from(["cobalt", "nickel", "precursor", "cells", "steel", "thing"])),
            from_on=from_on,
            until_on=until_on,
            claim=draw(st.sampled_from(sorted(CLAIM_RANK))),
        )

    return [one(number) for number in range(1, draw(st.integers(0, 14)) + 1)]


def goes_on(one: Link, other: Link) -> bool:
    """May what the first link delivered be what the second one sold, by place?"""
    if one.buyer_site is not None:
        return one.buyer_site == other.site
    return PLACES[other.site].operator == one.buyer


@settings(deadline=None)
@given(chains())
def test_every_path_is_connected_in_force_and_can_carry_the_material(links: list[Link]) -> None:
    known = {one.id: one for one in links}
    for answer in ask(*links):
        path = [known[hop.link] for hop in answer.hops]
        assert len(path) == answer.tier == len({one.id for one in path})
        if not path:
            assert answer.organisation == 1
            continue
        assert path[0].site == 10
        assert all(goes_on(one, other) for one, other in pairwise(path))
        assert all(one.held_between(ON - timedelta(days=365), ON) for one in path)
        assert frozenset.intersection(*(contents(one.material) for one in path))
        last = path[-1]
        holder = PLACES[last.buyer_site].operator if last.buyer_site is not None else last.buyer
        assert answer.organisation == (holder if answer.custody == "possession" else last.buyer)


@settings(deadline=None)
@given(chains(), st.randoms(use_true_random=False))
def test_the_order_of_the_links_changes_nothing(links: list[Link], chance: Random) -> None:
    shuffled = [*links]
    chance.shuffle(shuffled)
    assert ask(*shuffled) == ask(*links)


@settings(deadline=None)
@given(chains())
def test_nobody_who_answers_is_left_out_and_no_path_is_longer_than_needed(links: list[Link]) -> None:
    held = [one for one in links if one.held_between(ON - timedelta(days=365), ON)]
    shortest: dict[int, tuple[int, int]] = {1: (0, 0)}

    def follow(path: tuple[Link, ...], carried: frozenset[str]) -> None:
        """Every path without a repeated link, tried one by one."""
        if path:
            doubt = sum(CLAIM_RANK[one.claim] for one in path)
            last = path[-1]
            for organisation in {last.buyer, PLACES[last.buyer_site].operator if last.buyer_site else last.buyer}:
                key = (len(path), doubt)
                if organisation != 1 and (organisation not in shortest or key < shortest[organisation]):
                    shortest[organisation] = key
        if len(path) == 4:
            return
        for one in held:
            starts = goes_on(path[-1], one) if path else one.site == 10
            if starts and one not in path and carried & contents(one.material):
                follow((*path, one), carried & contents(one.material))

    follow((), contents("thing"))
    answers = {answer.organisation: answer for answer in ask(*links, max_tiers=4)}
    assert {organisation: answer.tier for organisation, answer in answers.items()} == {
        organisation: length for organisation, (length, _doubt) in shortest.items()
    }
