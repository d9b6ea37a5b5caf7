"""The taxonomy of harms: 17 families, 116 codes, their severity floors and tracks, from data/taxonomy.csv."""

import csv
from dataclasses import dataclass
from pathlib import Path

from django.utils.functional import Promise

from cases.codes.names import NAMES

MECHANISM = "XX03"  # a complaint about this mechanism itself


@dataclass(frozen=True)
class Code:
    """One row: ``floor`` is the least severity (upper case) or empty; ``tracks`` of STD, SURVIVOR, CHILD, RETAL."""

    code: str
    parent: str
    label: str | Promise
    floor: str
    tracks: frozenset[str]


def _load() -> dict[str, Code]:
    with (Path(__file__).parent.parent / "data" / "taxonomy.csv").open(newline="", encoding="utf-8") as rows:
        return {
            row["code"]: Code(
                row["code"],
                row["parent"],
                NAMES[row["code"]],
                row["severity_floor"],
                frozenset(row["track"].split("+")),
            )
            for row in csv.DictReader(rows)
        }


TAXONOMY = _load()
FAMILIES = {code: row for code, row in TAXONOMY.items() if not row.parent}

# Every code of a family, with the family itself.
WITHIN = {
    family: frozenset(code for code, row in TAXONOMY.items() if family in {code, row.parent}) for family in FAMILIES
}

# Families in which the two sides are never brought to one table (design: into dialogue).
NO_DIALOGUE = frozenset({"GB", "CL", "RT"})
# Codes that ask for free, prior and informed consent (behaviour 19).
FPIC = frozenset(code for code in TAXONOMY if code.startswith("IP"))


def family_of(code: str) -> str:
    """The family of a code of the taxonomy; of a family, itself."""
    row = TAXONOMY.get(code)
    return row.parent or row.code if row else code
