"""Makes the keys of an installation and hands each role its own: `python -m config.keys FOLDER`.

FOLDER holds every key afterwards: keep it offline. FOLDER-public, FOLDER-office and FOLDER-worker go to their machines.
"""

import sys
from pathlib import Path

from grievance.vault import hand_out, make_keys

ROLES = ("public", "office", "worker")


def main(folder: Path) -> int:
    make_keys(folder)
    for role in ROLES:
        hand_out(folder, folder.with_name(f"{folder.name}-{role}"), role)
    sys.stdout.write(f"Made {folder} and one folder each for {', '.join(ROLES)}.\n")
    return 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m config.keys FOLDER")
    sys.exit(main(Path(sys.argv[1])))
