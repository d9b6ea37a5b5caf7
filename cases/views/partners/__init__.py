"""The pages of field partners: behind the office's login and second factor, and without a word of anybody's case."""

from cases.views.partners.desk import export, home, language, one
from cases.views.partners.drill import drill
from cases.views.partners.filing import file
from cases.views.partners.lists import empty_list, many
from cases.views.partners.numbers import numbers
from cases.views.partners.papers import guide, slips
from cases.views.partners.programs import calls, description, programs

__all__ = [
    "calls",
    "description",
    "drill",
    "empty_list",
    "export",
    "file",
    "guide",
    "home",
    "language",
    "many",
    "numbers",
    "one",
    "programs",
    "slips",
]
