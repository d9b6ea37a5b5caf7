"""The child that looks into a file: it takes everything from itself first. It must import nothing of this product."""

import resource
import runpy
import sys
from pathlib import Path


def confine(seconds: int, megabytes: int) -> None:
    """Take from this process, for good: time, memory, every file, socket and process it does not have yet."""
    space = megabytes * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))  # SIGXCPU, then SIGKILL for who ignores it
    for limit, value in (
        (resource.RLIMIT_AS, space),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_CORE, 1),  # 1, not 0: a core piped to a collector ignores 0 (Linux core(5), fs/coredump.c)
        (resource.RLIMIT_NOFILE, 0),  # the open pipes stay; nothing else opens, a key file neither
    ):
        resource.setrlimit(limit, (value, value))


def main() -> None:
    """Arguments: seconds, megabytes, the room of this folder that makes the copy, the media type."""
    seconds, megabytes, room, kind = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4]
    # By its path and not by its name: the folders of the product are not where this process looks for modules.
    answer_for = runpy.run_path(str(Path(__file__).resolve().parent / f"{room}.py"))["answer_for"]
    confine(seconds, megabytes)
    sys.stdout.buffer.write(answer_for(sys.stdin.buffer.read(), kind))


if __name__ == "__main__":
    main()
