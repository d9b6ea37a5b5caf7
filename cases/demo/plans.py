"""What the companies of the demo promise to put right, and what the demo's people say of it; all of it invented."""

from dataclasses import dataclass

from cases.codes import RemedyType


@dataclass(frozen=True)
class Planned:
    """One step of a remedy. ``texts``: {language: plain words}; ``claim``: what the company says that it did; ``seen``:
    what somebody independent saw."""

    type: RemedyType
    what: str
    indicator: str
    texts: dict[str, str]
    claim: str
    seen: str


WAGES = Planned(
    RemedyType.COMPENSATION,
    "Two months of unpaid wages, to each of the people on the list of the shift.",
    "A signed receipt of each person, kept by the union.",
    {
        "sw": "Kampuni inakulipa mishahara ya miezi miwili ambayo haikulipwa.",
        "en": "The company pays you the two months of wages that were not paid.",
    },
    "Paid in cash at the union's office, against receipts.",
    "Eighteen receipts seen; six people asked by the union say that the amount is right.",
)
HELMETS = Planned(
    RemedyType.RESTITUTION,
    "A helmet and a pair of boots for everybody who works in pit four, replaced each year.",
    "Nobody is in the pit without a helmet on an unannounced visit.",
    {
        "sw": "Kila mtu anayefanya kazi katika shimo namba nne anapata kofia ngumu na buti.",
        "en": "Everybody who works in pit four gets a helmet and boots.",
    },
    "Forty helmets and forty pairs of boots handed out.",
    "Helmets in the store and on the people of the day shift.",
)
WALL = Planned(
    RemedyType.GUARANTEE,
    "The loose wall is taken down, and an engineer signs each month that the pit is safe.",
    "The engineer's signature of the month hangs at the gate.",
    {
        "sw": "Ukuta uliolegea unabomolewa, na mhandisi anakagua shimo kila mwezi.",
        "en": "The loose wall is taken down, and an engineer checks the pit every month.",
    },
    "The wall was taken down last week. The engineer has signed for this month.",
    "",
)
FANS = Planned(
    RemedyType.RESTITUTION,
    "Ten fans in the cast house, and a shaded place to rest with water, by the hot season.",
    "Under 32 degrees at the rest place, measured at noon on three days.",
    {
        "ar": "تركّب الشركة عشر مراوح في قسم الصبّ ومكانًا مظللًا للراحة فيه ماء بارد.",
        "en": "The company puts ten fans into the cast house, and a shaded place to rest with cold water.",
    },
    "All ten fans run. The rest place is open.",
    "Visited at noon on three days: 29, 30 and 31 degrees. All fans were running.",
)
