"""A row of the table: what is measured, against what, and the bound that it must keep."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from bench.places import Bench


@dataclass(frozen=True)
class Measured:
    """A value, and what should stand beside it: the language that was longest, the median that was divided."""

    value: float
    remark: str = ""


@dataclass(frozen=True)
class Row:
    """``measure`` is called once; what several rows share is kept by the `Bench` it is given."""

    name: str
    unit: str
    bound: float
    against: str
    measure: Callable[[Bench], Measured]
    better: Literal["lower", "higher"] = "lower"

    def holds(self, value: float | None) -> bool:
        if value is None:
            return False
        return value <= self.bound if self.better == "lower" else value >= self.bound


@dataclass(frozen=True)
class Result:
    """A row after its run; no value means that it could not be measured."""

    row: Row
    value: float | None
    remark: str

    @property
    def holds(self) -> bool:
        return self.row.holds(self.value)

    def as_json(self) -> dict[str, str | float | None]:
        row = self.row
        return {
            "name": row.name,
            "value": self.value,
            "unit": row.unit,
            "bound": row.bound,
            "better": row.better,
            "against": "; ".join(part for part in (row.against, self.remark) if part),
        }

    def as_text(self) -> str:
        value = "-" if self.value is None else f"{self.value:,.4g}" if self.value < 1000 else f"{self.value:,.0f}"
        sign = "<=" if self.row.better == "lower" else ">="
        bound = f"{sign} {self.row.bound:,g}"
        mark = "ok  " if self.holds else "FAIL"
        return f"{mark} {self.row.name:34} {value:>10} {self.row.unit:8} {bound:>10}  {self.remark}"
