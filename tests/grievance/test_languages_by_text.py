"""In which language a phone is answered: a word of ours says it, a choice decides it, and words of theirs never do."""

from datetime import timedelta

import pytest
from django.utils import translation

from accounts.models import User
from grievance import tongues
from grievance.commands.answering import offered, worded
from grievance.commands.partners import keeping
from grievance.keywords import keyword_of, language_named
from grievance.models import FieldPartner, FormSession
from grievance.segments import Coding, segmented
from grievance.texts import TEXTS
from tests.factories import AT
from tests.grievance.phones import Phone, a_gateway

MINUTE = timedelta(minutes=1)
FIRST = "Hatujapewa maji safi"
FOURTEEN = "en sw fr ar zh-hans id es pt-br hi ur ne fil ru vi".split()


def in_language(language: str, name: str) -> str:
    with translation.override(language):
        return str(TEXTS[name])


@pytest.fixture
def phone(lead: User) -> Phone:
    return Phone(a_gateway(lead))


def test_a_stranger_is_told_how_to_change_to_what_people_speak_there(lead: User) -> None:
    (welcome,) = Phone(a_gateway(lead, country="CD")).write(FIRST, AT)
    assert welcome.endswith("LANGUE: francais, LUGHA: Kiswahili")
    assert segmented(welcome).count == 1
    asked = Phone(a_gateway(lead, "tz", country="TZ", language="sw"), "+255621000001").write(FIRST, AT)[0]
    assert asked.endswith("LANGUAGE EN: English")
    assert segmented(asked).count == 1
    (french,) = Phone(a_gateway(lead, "fr", country="CD", language="fr"), "+243810000002").write(FIRST, AT)
    assert french.endswith("LUGHA: Kiswahili")
    assert segmented(french).count == 1


def test_without_a_country_of_its_gateway_that_of_the_phone_says_what_people_speak(phone: Phone) -> None:
    assert "LUGHA: Kiswahili" in phone.write(FIRST, AT)[0]


def test_who_wrote_a_word_of_ours_needs_not_be_told(phone: Phone) -> None:
    phone.write("msaada", AT)
    assert "LANGUE" not in phone.write(FIRST, AT + MINUTE)[0]


def test_the_words_of_one_language_change_a_conversation_that_nobody_chose_one_for(phone: Phone) -> None:
    phone.write(FIRST, AT)
    assert FormSession.objects.get().language == "en"
    phone.write("ACHA", AT + MINUTE)
    (back,) = phone.write("ANZA", AT + MINUTE * 2)
    assert back.startswith(in_language("sw", "started"))
    assert back.endswith(in_language("sw", "ask_safe"))
    (helped,) = phone.write("MSAADA", AT + MINUTE * 3)
    assert helped.startswith(in_language("sw", "helped"))
    assert phone.write("1", AT + MINUTE * 4) == [in_language("sw", "ask_place")]


@pytest.mark.parametrize("word", ["Ndiyo", "NDIO."])
def test_a_yes_in_one_language_is_a_word_of_it(phone: Phone, word: str) -> None:
    phone.write(FIRST, AT)
    assert phone.write(word, AT + MINUTE) == [in_language("sw", "ask_place")]
    phone.write("Salama", AT + MINUTE * 2)  # a place, and no word of ours
    assert FormSession.objects.get().step == "day"


@pytest.mark.parametrize("words", ["HALI", "hali R-7K2M-9QXA", "R-7K2M-9QXA 730491 hali"])
def test_a_word_beside_a_pin_is_one_too(phone: Phone, words: str) -> None:
    (answer,) = phone.write(words, AT)
    name = "no_match" if "730491" in words else "how"
    assert answer.startswith(in_language("sw", name).partition("%")[0])
    assert phone.writer.language == "sw"


def test_what_was_chosen_stays(phone: Phone) -> None:
    phone.write(FIRST, AT)
    phone.write("LANGUE", AT + MINUTE)
    (helped,) = phone.write("MSAADA", AT + MINUTE * 2)
    assert helped.startswith(in_language("fr", "helped"))
    phone.write("LUGHA", AT + MINUTE * 3)  # another choice
    assert FormSession.objects.get().language == phone.writer.language == "sw"
    phone.write("AIDE", AT + MINUTE * 4)
    assert FormSession.objects.get().language == phone.writer.language == "sw"


def test_the_first_word_of_a_stranger_may_choose(phone: Phone) -> None:
    assert phone.write("LUGHA", AT) == [in_language("sw", "language_set")]
    assert phone.writer.chose_language
    (listed,) = phone.write("LUGHA", AT + MINUTE)  # their own: they ask for others
    assert {"English", "Kiswahili", "francais", "Arabic"} == set(listed.partition(": ")[2].split(", "))
    assert segmented(listed).count == 1


def test_english_words_are_everybodys(lead: User) -> None:
    """Networks know STOP and START alone."""
    phone = Phone(a_gateway(lead, language="fr"))
    phone.write(FIRST, AT)
    phone.write("STOP", AT + MINUTE)
    assert phone.write("START", AT + MINUTE * 2)[0].startswith(in_language("fr", "started"))
    phone.write("ACHA", AT + MINUTE * 3)
    assert phone.write("START", AT + MINUTE * 4)[0].startswith(in_language("sw", "started"))
    assert phone.write("HELP", AT + MINUTE * 5)[0].startswith(in_language("sw", "helped"))


def test_a_form_in_a_language_is_a_word_of_it(phone: Phone) -> None:
    phone.write(FIRST, AT)
    (asked,) = phone.write("GRV1 SW S 1 P Mutoshi L jana H 2 N Hatujalipwa", AT + MINUTE)
    assert asked == in_language("sw", "ask_pin")
    assert phone.writer.language == "sw"


@pytest.mark.parametrize("word", ["मदद", "ayuda", "帮助"])
def test_a_word_in_a_language_that_we_do_not_write_is_answered_in_the_best_we_have(lead: User, word: str) -> None:
    strange = Phone(a_gateway(lead, language="fr"))
    assert strange.write(word, AT)[0].startswith(in_language("fr", "helped"))
    strange.write("LUGHA", AT + MINUTE)
    assert strange.write(word, AT + MINUTE * 2)[0].startswith(in_language("sw", "helped"))
    strange.write(FIRST, AT + MINUTE * 3)
    assert Phone(a_gateway(lead, "none"), "+243810000002").write(word, AT)[0].startswith(in_language("en", "helped"))


def test_a_phone_speaks_the_language_of_the_card_that_paired_it(phone: Phone, union: FieldPartner, lead: User) -> None:
    _card, codes = keeping.make_card(partner=union, label="1", language="sw", by=lead, at=AT)
    assert phone.write(f"P {codes[0]}", AT)[0].startswith(in_language("sw", "paired"))
    assert phone.write(FIRST, AT + MINUTE)[0].endswith(in_language("sw", "ask_behalf"))
    other = Phone(phone.gateway, "+243810000002")
    other.write("LANGUE", AT)
    assert other.write(f"P {codes[1]}", AT + MINUTE)[0].startswith(in_language("fr", "paired"))


def test_in_mid_conversation_a_card_changes_its_language_too(phone: Phone, union: FieldPartner, lead: User) -> None:
    _card, codes = keeping.make_card(partner=union, label="1", language="sw", by=lead, at=AT)
    phone.write(FIRST, AT)
    (paired,) = phone.write(f"P {codes[0]}", AT + MINUTE)
    assert paired.startswith(in_language("sw", "paired"))
    assert phone.writer.language == "sw"
    assert phone.write(FIRST, AT + MINUTE * 2)[0].endswith(in_language("sw", "ask_behalf"))


def test_the_list_of_languages_is_one_message_in_each_of_them() -> None:
    for language in offered():
        names = tongues.listed(list(offered()), beside=worded("languages", language=language, choices=""))
        assert segmented(worded("languages", language=language, choices=names)).count == 1


def test_each_name_in_the_list_leads_to_its_language() -> None:
    for beside in ("Write LANGUAGE", "لغة"):
        for code, name in zip(FOURTEEN, tongues.listed(FOURTEEN, beside=beside).split(", "), strict=True):
            one = name.partition(" ")[0]
            assert language_named(one) == code
    assert segmented(tongues.listed(FOURTEEN, beside="Write")).coding == Coding.GSM


@pytest.mark.parametrize(
    ("country", "said"),
    [
        ("TZ", "LUGHA: Kiswahili"),
        ("IN", "भाषा HI: हिंदी"),
        ("MR", "لغة: العربيّة, LANGUE: francais"),
        ("VN", "NGON NGU: Tieng Viet"),
        ("MZ", "IDIOMA PT-BR: Portugues Brasileiro"),
        ("XX", ""),
        ("", ""),
    ],
)
def test_each_way_to_change_is_heard(country: str, said: str) -> None:
    assert tongues.ways(country, "en", FOURTEEN) == said
    assert segmented(said).count == 1
    for way in said.split(", ") if said else []:
        meant = keyword_of(way.partition(":")[0])
        assert meant is not None
        assert meant.keyword == "language"
