"""The key ring of one process: which key files its role holds, and the refusal of any other."""

import os
import re
import secrets
import stat
import tempfile
from collections.abc import Mapping, Set
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from nacl.public import PrivateKey

KEY_BYTES = 32
PAIRS = {"office.key": "office.pub", "contact.key": "contact.pub"}  # private half: public half
RANDOM = ("receipt.key", "receipt.pepper", "phone.pepper", "gateway.key", "secret")  # 32 random bytes each

# Which files a role must hold and may hold: the public process can only seal, and only workers read a contact.
ROLE_FILES: dict[str, frozenset[str]] = {
    "public": frozenset({"office.pub", "contact.pub", "receipt.key", "receipt.pepper", "gateway.key", "secret"}),
    # The office gives receipts where partners file for others; with these two it finds none that was given before.
    "office": frozenset(
        {"office.pub", "office.key", "contact.pub", "receipt.key", "receipt.pepper", "gateway.key", "secret"}
    ),
    "worker": frozenset({"office.pub", "office.key", "contact.pub", "contact.key", "phone.pepper", "secret"}),
    "all": frozenset({*PAIRS, *PAIRS.values(), *RANDOM}),
}

_HEX = re.compile(r"[0-9a-fA-F]{64}\n?")


class KeyRingError(ValueError):
    """A key folder that does not fit its role. The message names files, never what is in them."""


@dataclass(frozen=True, repr=False)
class Keys:
    """The keys of one process, 32 bytes each; None where its role has no business with them.

    The `secret` file (Django's secret key) is checked with the others but not held here.
    """

    role: str
    office_public: bytes
    office_private: bytes | None
    contact_public: bytes
    contact_private: bytes | None
    receipt_key: bytes | None
    receipt_pepper: bytes | None
    phone_pepper: bytes | None
    gateway_key: bytes | None  # seals what proves that a gateway calls: who takes calls, and who sets one up

    def __repr__(self) -> str:
        """The role alone: a settings dump or a traceback must not show a key."""
        return f"Keys(role={self.role!r})"


def load_keys(folder: Path, role: str) -> Keys:
    """Read the key ring of `role` from `folder` (one file a key, 64 hex digits each).

    Raises KeyRingError that names every file missing, beyond the role, readable by group or others
    (mode & 0o077), malformed, or not the other half of its pair. Hidden files are not looked at.
    """
    if role not in ROLE_FILES:
        raise KeyRingError("unknown role")
    wanted = ROLE_FILES[role]
    present = {path.name for path in folder.iterdir() if not path.name.startswith(".")} if folder.is_dir() else set()
    found = {name: _read(folder / name) for name in sorted(wanted & present)}
    _raise_for(
        {
            "missing": wanted - present,
            f"beyond the role {role}": present - wanted,
            "readable by others (chmod 600)": {name for name in found if _is_open(folder / name)},
            "not 64 hex digits": {name for name, key in found.items() if key is None},
            "not the private half of its .pub": {name for name in PAIRS if _mismatch(found, name)},
        }
    )
    return Keys(
        role=role,
        office_public=found["office.pub"] or b"",
        office_private=found.get("office.key"),
        contact_public=found["contact.pub"] or b"",
        contact_private=found.get("contact.key"),
        receipt_key=found.get("receipt.key"),
        receipt_pepper=found.get("receipt.pepper"),
        phone_pepper=found.get("phone.pepper"),
        gateway_key=found.get("gateway.key"),
    )


def make_keys(folder: Path) -> None:
    """Create `folder` (0700) and every key file that is missing (0600), each at once and whole; overwrite none.

    Two processes may run it at the same time: the first writer of a file wins and the other uses its key.
    Raises KeyRingError where a public half has lost its private half: a new pair could not open what is sealed.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for private, public in PAIRS.items():
        # The private half is always written first, so a public half without it is a loss and never a race.
        if (folder / public).exists() and not (folder / private).exists():
            raise KeyRingError(f"missing: {private}, though {public} is there")
        _write_once(folder / private, bytes(PrivateKey.generate()))
        half = _read(folder / private)
        if half is None:
            raise KeyRingError(f"not 64 hex digits: {private}")
        _write_once(folder / public, bytes(PrivateKey(half).public_key))
    for name in RANDOM:
        _write_once(folder / name, secrets.token_bytes(KEY_BYTES))


def hand_out(source: Path, target: Path, role: str) -> None:
    """Copy the files of `role` from `source` into `target` (0700, files 0600), with a `secret` of its own.

    Safe to repeat. Raises KeyRingError where the source lacks a file, or the target holds a different key
    or one beyond the role.
    """
    if role not in ROLE_FILES:
        raise KeyRingError("unknown role")
    target.mkdir(mode=0o700, parents=True, exist_ok=True)
    names = sorted(ROLE_FILES[role] - {"secret"})
    keys = {name: _read(source / name) if (source / name).exists() else None for name in names}
    _raise_for({"missing or malformed in the source": {name for name, key in keys.items() if key is None}})
    for name, key in keys.items():
        _write_once(target / name, key or b"")
    _write_once(target / "secret", secrets.token_bytes(KEY_BYTES))
    _raise_for({"different in the target": {name for name, key in keys.items() if _read(target / name) != key}})
    load_keys(target, role)


def _read(path: Path) -> bytes | None:
    """The 32 bytes of a key file, or None where it is not 64 hex digits."""
    text = path.read_bytes()[:80].decode("ascii", "replace")
    return bytes.fromhex(text) if _HEX.fullmatch(text) else None


def _is_open(path: Path) -> bool:
    return bool(stat.S_IMODE(path.stat().st_mode) & 0o077)


def _mismatch(found: dict[str, bytes | None], private: str) -> bool:
    half, public = found.get(private), found.get(PAIRS[private])
    return half is not None and public is not None and bytes(PrivateKey(half).public_key) != public


def _raise_for(problems: Mapping[str, Set[str]]) -> None:
    said = [f"{problem}: {', '.join(sorted(names))}" for problem, names in problems.items() if names]
    if said:
        raise KeyRingError("; ".join(said))


def _write_once(path: Path, key: bytes) -> None:
    """Write a key file whole or not at all (link of a finished 0600 file); an existing file stays."""
    if path.exists():
        return
    handle, temporary = tempfile.mkstemp(prefix=".", dir=path.parent)
    try:
        with os.fdopen(handle, "w") as file:
            file.write(key.hex() + "\n")
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):  # another process was first: its key stands
            os.link(temporary, path)
    finally:
        os.unlink(temporary)
