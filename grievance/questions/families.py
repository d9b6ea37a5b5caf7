"""The families of harm in plain words, with their pictograms."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Family:
    """One plain-language family. ``code``: as in cases/data/taxonomy.csv; ``drawing``: an SVG path of 24 by 24."""

    code: str
    label: str | Promise
    drawing: str


# In the order in which people look for them: the body first, then pay, then land and water, then the rest.
FAMILIES = (
    Family("OS", _("Danger, injury or illness at work"),
           "M3 17h18M5 17v-3a7 7 0 0 1 14 0v3M10 12V5h4v7"),
    Family("WG", _("Pay, working hours, or where workers live"),
           "M3 7h18v10H3zM6 10v4M18 10v4M12 9.5a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 0-5"),
    Family("FL", _("Forced to work, or not free to leave"),
           "M10 8H7a4 4 0 0 0 0 8h3M14 8h3a4 4 0 0 1 0 8h-3M9 12h6"),
    Family("CL", _("Children who work"),
           "M8 8a2 2 0 1 1 0-4 2 2 0 0 1 0 4M5 20v-7l3-3 3 3 4 2M8 10v10M17 13a1.6 1.6 0 1 1 0-3.2 1.6 1.6 0 0 1 0 3.2"
           "M15 20v-5h4v5"),
    Family("GB", _("Sexual harassment or violence"),
           "M8 13V6.5a1.5 1.5 0 0 1 3 0V11 4.5a1.5 1.5 0 0 1 3 0V11 6.5a1.5 1.5 0 0 1 3 0V15c0 4-2 6-5 6-4 0-5-3-8-7 "
           "1-2 3-2 4 0"),
    Family("DI", _("Insulted, bullied, or treated worse than others"),
           "M12 4v16M8 20h8M5 9l14-3M5 9l-3 6h6zM19 6l-3 6h6z"),
    Family("RT", _("Punished for speaking up"),
           "M4 5h16v11h-8l-5 4v-4H4zM10 8.5l4 4M14 8.5l-4 4"),
    Family("FA", _("Kept from joining a union, or punished for it"),
           "M12 9a2.5 2.5 0 1 1 0-5 2.5 2.5 0 0 1 0 5M5 10.5a2 2 0 1 1 0-4 2 2 0 0 1 0 4"
           "M19 10.5a2 2 0 1 1 0-4 2 2 0 0 1 0 4M7 20v-5a5 5 0 0 1 10 0v5M2 18c0-3 1-5 4-5M22 18c0-3-1-5-4-5"),
    Family("SD", _("Violence or threats by guards, police or soldiers"),
           "M12 3l8 3v6c0 5-4 8-8 9-4-1-8-4-8-9V6zM12 8v5M12 16.5v.1"),
    Family("LR", _("Land, home, fields or fishing taken or damaged"),
           "M4 12l8-7 8 7M6 10.5V17h12v-6.5M3 21c3-2 6 2 9 0s6 2 9 0"),
    Family("EN", _("Water, air, soil or nature made dirty or destroyed"),
           "M12 3c4 5 6 8 6 11a6 6 0 0 1-12 0c0-3 2-6 6-11zM9 14a3 3 0 0 0 3 3"),
    Family("CM", _("Health or safety of people who live nearby"),
           "M3 12l9-8 9 8M6 10v10h12V10M12 11v6M9 14h6"),
    Family("IP", _("Land or rights of Indigenous Peoples"),
           "M2 19l7-11 4 6 3-4 6 9zM17 6.5a2 2 0 1 1 0-.1"),
    Family("CO", _("Not asked, not told, or a promise not kept"),
           "M4 5h16v11h-8l-5 4v-4H4zM10 9a2 2 0 1 1 2.5 1.8q-.5.2-.5 1M12 13.8v.1"),
    Family("BI", _("Bribes, false papers or illegal trade"),
           "M6 3h8l4 4v14H6zM14 3v4h4M9 11l6 6M15 11l-6 6"),
    Family("CC", _("Climate, or a closing plant that leaves people without work"),
           "M3 20V11l5 3v-3l5 3V5h4v15zM17 9h4v11h-4M15 2v.1"),
    Family("XX", _("Something else"),
           "M12 21a9 9 0 1 1 0-18 9 9 0 0 1 0 18M8 12v.1M12 12v.1M16 12v.1"),
    Family("XX03", _("A problem with this service itself"),
           "M7 3h10v18H7zM12 7v6M12 16.5v.1"),
)  # fmt: skip

FAMILY_CODES = frozenset(family.code for family in FAMILIES)
