"""What the three tables of gates have in common: an ask, and how it stands."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.utils.functional import Promise

from cases.states import Gate, Transition

Text = str | Promise
Record = TypeVar("Record")


@dataclass(frozen=True)
class Ask(Generic[Record]):
    """``missing`` says what a record lacks, or None; ``where``: the deed of the case page that puts it on record."""

    label: Text
    where: str
    missing: Callable[[Record], Text | None]


@dataclass(frozen=True)
class Standing:
    """One gate of a transition as it stands now: ``missing`` is None where it holds."""

    gate: Gate
    label: Text
    where: str
    missing: Text | None


def stands(asks: Mapping[Gate, Ask[Record]], move: Transition, record: Record) -> list[Standing]:
    """Each gate of a transition, held or not."""
    return [Standing(gate, asks[gate].label, asks[gate].where, asks[gate].missing(record)) for gate in move.gates]


def lacks(holds: Callable[[Record], bool], text: Text) -> Callable[[Record], Text | None]:
    """What is missing where a plain condition does not hold."""
    return lambda record: None if holds(record) else text


def lacking(standing: Iterable[Standing]) -> list[Standing]:
    return [one for one in standing if one.missing is not None]
