"""Names meet, however somebody spells them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supplychain.names import country_name, fold


@pytest.mark.parametrize(
    ("typed", "known"),
    [
        ("MLIMA  BULUU", "Mlima Buluu"),
        ("mlima-buluu", "Mlima Buluu"),
        ("Ngombe", "Ng'ombe"),
        ("Mine de la Cote d’Ete", "Mine de la Côté d'Été"),
        ("Cote", "Co\N{COMBINING CIRCUMFLEX ACCENT}te\N{COMBINING ACUTE ACCENT}"),
        ("Lodz", "Łódź"),
        ("Strasse", "Straße"),
        ("Da Nang", "Đà Nẵng"),
        ("الجبل الازرق", "أَلْجَبَل الأزرق"),
        ("قريه", "قريـــة"),
        ("کرمان", "كرمان"),
        ("مصنع 2", "مصنع ٢"),
        ("खदान 2", "खदान २"),
        ("पहाडी", "पहाड़ी"),
        ("ＡＢＣ", "abc"),
        ("蓝山矿", "蓝 山·矿"),
    ],
)
def test_spellings_of_one_name_fold_to_one(typed: str, known: str) -> None:
    assert fold(typed) == fold(known) != ""


@pytest.mark.parametrize(("one", "other"), [("कमल", "कमला"), ("Kanya", "Kenya"), ("Shimo 1", "Shimo 2"), ("កា", "កី")])
def test_different_names_stay_different(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@pytest.mark.parametrize("nothing", ["", "   ", "—", "!?", "\u200d", "\N{COMBINING ACUTE ACCENT}"])
def test_nothing_folds_to_nothing(nothing: str) -> None:
    assert fold(nothing) == ""


@given(st.text())
def test_folding_is_done_after_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(), st.sampled_from([" ", "-", "'", "’", ".", "\u200c"]), st.text())
def test_punctuation_between_letters_is_no_difference(before: str, mark: str, after: str) -> None:
    assert fold(f"{before}x{mark}x{after}") == fold(f"{before}xx{after}")


@pytest.mark.parametrize(
    ("language", "name"),
    [("sw", "Saudia"), ("ar", "المملكة العربية السعودية"), ("fr", "Arabie saoudite"), ("", "Saudi Arabia")],
)
def test_a_country_is_called_as_its_readers_call_it(language: str, name: str) -> None:
    assert country_name("SA", language) == name
    assert country_name("QQ", language) == "QQ"
