"""Each process holds the keys of its role and no other: the one that faces the public takes words in and reads none."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from grievance.vault import ROLE_FILES, KeyRingError, hand_out, load_keys, make_keys
from tests.proofs.browser import Browser
from tests.proofs.installation import ROOT, Installation

WORDS = "Der Staub vom Brecher, saffron lantern"
ANSWER = "It goes on every night, copper heron"
PRIVATE = ("office.key", "contact.key", "phone.pepper")

# -- What each role may hold


@pytest.fixture(scope="module")
def every_key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("keys") / "all"
    make_keys(folder)
    return folder


@pytest.mark.parametrize("role", ["public", "office", "worker"])
def test_a_role_starts_with_what_was_handed_out_to_it(role: str, every_key: Path, tmp_path: Path) -> None:
    hand_out(every_key, tmp_path / role, role)
    assert load_keys(tmp_path / role, role).role == role
    assert {file.name for file in (tmp_path / role).iterdir()} == ROLE_FILES[role]


@pytest.mark.parametrize(
    ("role", "name"),
    [
        (role, name)
        for role in ("public", "office", "worker")
        for name in sorted({*ROLE_FILES["all"], "unknown.key"} - ROLE_FILES[role])
    ],
)
def test_a_key_beyond_the_role_is_refused_by_name(role: str, name: str, every_key: Path, tmp_path: Path) -> None:
    hand_out(every_key, tmp_path / role, role)
    source = every_key / name if (every_key / name).exists() else every_key / "secret"
    shutil.copy(source, tmp_path / role / name)
    with pytest.raises(KeyRingError, match=f"beyond the role {role}: {name}"):
        load_keys(tmp_path / role, role)


@pytest.mark.parametrize(
    ("role", "name"), [(role, name) for role in ("public", "office", "worker") for name in sorted(ROLE_FILES[role])]
)
def test_a_key_that_the_role_needs_is_missed_by_name(role: str, name: str, every_key: Path, tmp_path: Path) -> None:
    hand_out(every_key, tmp_path / role, role)
    (tmp_path / role / name).unlink()
    with pytest.raises(KeyRingError, match=f"missing: .*{name}"):
        load_keys(tmp_path / role, role)


def test_the_public_role_holds_no_private_half() -> None:
    assert not ROLE_FILES["public"] & {*PRIVATE}


# -- The same, with real processes over one database


@pytest.fixture
def place(tmp_path: Path) -> Installation:
    made = Installation(tmp_path, f"sqlite:///{tmp_path / 'var' / 'recourse.sqlite3'}")
    made.lay("public", "office", "worker")
    return made


@pytest.mark.services
def test_a_public_process_takes_words_in_and_lets_their_writer_back_to_them(place: Installation) -> None:
    held = b"".join(path.read_bytes() for path in place.keys("public").iterdir())
    assert not any((place.keys("all") / name).read_bytes().strip() in held for name in PRIVATE)

    with place.serving("public") as server:
        person = Browser(server.port)
        form = person.get("/en/file/").fields("/en/file/")
        receipt = person.send("/en/file/", form | {"statement": [WORDS]}).receipt
        assert len(receipt) == 20
        place.run("-m", "tests.proofs.role_process", "take_up", role="worker")

        let_in = person.post("/en/follow/", {"receipt": receipt})
        person.cookie = let_in.cookies[0].partition(";")[0]
        page = person.get("/en/follow/")
        shown = person.post("/en/follow/", {"csrf": page.fields("/en/follow/")["csrf"][0], "act": "show"})
        assert WORDS in shown.text
        person.send("/en/follow/", page.fields("/en/follow/") | {"body": [ANSWER]})
        assert ANSWER in person.get("/en/follow/").text
        assert person.get("/office/admin/").status == 404

    opened = json.loads(place.run("-m", "tests.proofs.role_process", "read", role="office").stdout)
    assert opened == {"statement": WORDS, "turns": [ANSWER]}


@pytest.mark.services
def test_a_public_process_hears_that_somebody_is_not_safe_and_whom_they_want_told(place: Installation) -> None:
    with place.serving("public") as server:
        person = Browser(server.port)
        form = person.get("/en/file/").fields("/en/file/")
        receipt = person.send("/en/file/", form | {"statement": [WORDS]}).receipt
        place.run("-m", "tests.proofs.role_process", "take_up", role="worker")
        place.run("-m", "tests.proofs.role_process", "ask_safety", role="office")

        person.cookie = person.post("/en/follow/", {"receipt": receipt}).cookies[0].partition(";")[0]
        page = person.get("/en/follow/")
        assert "Are you safe?" in page.text
        csrf = page.fields("/en/follow/")["csrf"][0]
        said = person.post("/en/follow/", {"csrf": csrf, "act": "safety", "answer": "harmed", "body": ANSWER})
        assert said.status == 303
        for given in ("yes", "no"):
            assert person.post("/en/follow/", {"csrf": csrf, "act": "consent", "given": given}).status == 303

    heard = json.loads(place.run("-m", "tests.proofs.role_process", "hear", role="office").stdout)
    assert heard == {"urgent": True, "words": [ANSWER], "given": [True, False]}


@pytest.mark.services
def test_a_lost_number_is_asked_for_in_public_found_by_a_worker_and_replaced_in_public(place: Installation) -> None:
    address = "mama.neema@example.org"
    with place.serving("public") as server:
        person = Browser(server.port)
        form = person.get("/en/file/").fields("/en/file/")
        said = {
            "statement": [WORDS],
            "openness": ["open"],
            "name": ["Neema"],
            "email": [address],
            "safe_way": ["email"],
        }
        person.send("/en/file/", form | said)
        assert person.post("/en/follow/lost/", {"contact": address}).status == 200

        only_sealed = place.run("-m", "tests.proofs.role_process", "recover", role="public", check=False)
        assert "no_key" in only_sealed.stderr
        assert only_sealed.stdout == ""
        (parcel,) = json.loads(place.run("-m", "tests.proofs.role_process", "recover", role="worker").stdout)
        assert parcel["to"] == address

        code = "".join(sign for sign in parcel["body"] if sign.isdigit())[:16]
        number = person.post("/en/follow/", {"receipt": code}).receipt
        assert len(number) == 20
        person.cookie = person.post("/en/follow/", {"receipt": number}).cookies[0].partition(";")[0]
        csrf = person.get("/en/follow/").fields("/en/follow/")["csrf"][0]
        assert WORDS in person.post("/en/follow/", {"csrf": csrf, "act": "show"}).text


@pytest.mark.services
def test_a_public_process_hands_out_the_copy_of_a_file_of_the_office(place: Installation) -> None:
    with place.serving("public") as server:
        person = Browser(server.port)
        receipt = person.send("/en/file/", person.get("/en/file/").fields("/en/file/") | {"statement": [WORDS]}).receipt
        place.run("-m", "tests.proofs.role_process", "take_up", role="worker")
        place.run("-m", "tests.proofs.role_process", "send_picture", role="office")
        place.run("-m", "tests.proofs.role_process", "strip", role="worker")

        person.cookie = person.post("/en/follow/", {"receipt": receipt}).cookies[0].partition(";")[0]
        page = person.get("/en/follow/")
        (number,) = re.findall(r'name="file" value="(\d+)"', page.text)
        csrf = page.fields("/en/follow/")["csrf"][0]
        got = person.post("/en/follow/", {"csrf": csrf, "act": "file", "file": number})
        assert got.status == 200
        assert "JFIF" in got.text
        assert "MARKED" not in got.text


@pytest.mark.services
def test_a_public_process_cannot_read_what_it_took_in(place: Installation) -> None:
    with place.serving("public") as server:
        person = Browser(server.port)
        person.send("/en/file/", person.get("/en/file/").fields("/en/file/") | {"statement": [WORDS]})
    place.run("-m", "tests.proofs.role_process", "take_up", role="worker")
    reading = place.run("-m", "tests.proofs.role_process", "read", role="public", check=False)
    assert reading.returncode != 0
    assert "no_key" in reading.stderr
    assert WORDS not in reading.stdout + reading.stderr


@pytest.mark.services
def test_a_public_process_with_the_office_key_refuses_to_start(place: Installation) -> None:
    shutil.copy(place.keys("all") / "office.key", place.keys("public"))
    started = place.run(
        "-m", "gunicorn", "--no-control-socket", "-c", "python:config.gunicorn", role="public", check=False
    )
    assert started.returncode != 0
    assert "beyond the role public: office.key" in started.stderr
    assert (place.keys("all") / "office.key").read_text().strip() not in started.stderr


# -- What production must have, and must not

PRODUCTION = {
    "RECOURSE_PRODUCTION": "1",
    "RECOURSE_HOSTS": "recourse.invalid",
    "RECOURSE_URL": "https://recourse.invalid",
    "DATABASE_URL": "postgres://recourse@database.invalid/recourse",
    "REDIS_URL": "redis://redis.invalid:6379/0",
    "EMAIL_URL": "smtp+tls://mail.invalid:587",
    "SMS_GATEWAY": "{}",
    "DEMO": "0",
}


def start_settings(role: str, keys: Path, **changed: str) -> "subprocess.CompletedProcess[str]":
    kept = {name: value for name, value in os.environ.items() if name != "RECOURSE_VAR"}
    environment = kept | PRODUCTION | {"RECOURSE_ROLE": role, "RECOURSE_KEYS": str(keys)} | changed
    given = {name: value for name, value in environment.items() if value != "-"}
    command = [sys.executable, "-c", "import config.settings"]
    return subprocess.run(command, cwd=ROOT, env=given, capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.services
@pytest.mark.parametrize("role", ["public", "office", "worker"])
def test_production_starts_when_everything_is_there(role: str, every_key: Path, tmp_path: Path) -> None:
    hand_out(every_key, tmp_path / "keys", role)
    started = start_settings(role, tmp_path / "keys", RECOURSE_VAR=str(tmp_path / "var"))
    assert (started.returncode, started.stderr) == (0, "")


@pytest.mark.services
@pytest.mark.parametrize(
    ("role", "changed", "said"),
    [
        ("public", {"RECOURSE_HOSTS": "-"}, "RECOURSE_HOSTS is missing"),
        ("public", {"RECOURSE_URL": "-"}, "RECOURSE_URL is missing"),
        ("office", {"DATABASE_URL": "-"}, "DATABASE_URL is missing"),
        ("office", {"REDIS_URL": "-"}, "REDIS_URL is missing"),
        ("worker", {"EMAIL_URL": "-"}, "EMAIL_URL is missing"),
        ("worker", {"SMS_GATEWAY": "-"}, "SMS_GATEWAY is missing"),
        ("office", {"DEMO": "1"}, "DEMO has no place in production"),
        ("all", {}, "RECOURSE_ROLE=all has no place in production"),
        ("public", {"RECOURSE_VAR": "beside"}, "the keys lie beside the data"),
    ],
)
def test_production_refuses_what_is_missing_or_too_much(
    role: str, changed: dict[str, str], said: str, every_key: Path, tmp_path: Path
) -> None:
    keys = every_key if role == "all" else tmp_path / "beside" / "keys"
    if role != "all":
        keys.parent.mkdir()
        hand_out(every_key, keys, role)
    var = tmp_path / changed.get("RECOURSE_VAR", "var")
    started = start_settings(role, keys, **(changed | {"RECOURSE_VAR": str(var)}))
    assert started.returncode != 0
    assert said in started.stderr
