"""Calls at a steady rate from a process of its own, each on a connection of its own; how long each took, counted from
the moment when it was due, so that a queue cannot hide. Prints milliseconds as JSON."""

import asyncio
import base64
import gc
import json
import sys
import time
from statistics import quantiles

HOST = "127.0.0.1"
WARM_UP = 0.1  # of the calls: made, and not counted
PATIENCE = 30.0


def request(port: int, path: str, headers: dict[str, str], body: bytes) -> bytes:
    lines = [f"POST {path} HTTP/1.1", f"Host: {HOST}:{port}", "Connection: close", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


async def call(port: int, raw: bytes, due: float) -> tuple[float, int]:
    """Seconds from when it was due to the end of its answer, and the status."""
    try:
        async with asyncio.timeout(PATIENCE):
            reader, writer = await asyncio.open_connection(HOST, port)
            writer.write(raw)
            said = await reader.read()
            taken = time.perf_counter() - due
            writer.close()
    except OSError:
        return PATIENCE, 0
    return taken, int(said[9:12] or 0)


async def load(port: int, rate: float, raws: list[bytes]) -> list[tuple[float, int]]:
    began = time.perf_counter() + 0.5
    tasks = []
    for turn, raw in enumerate(raws):
        due = began + turn / rate
        while (wait := due - time.perf_counter()) > 0:
            await asyncio.sleep(wait)
        tasks.append(asyncio.create_task(call(port, raw, due)))
    return await asyncio.gather(*tasks)


def main() -> None:
    asked = json.load(sys.stdin)
    raws = [request(asked["port"], path, headers, base64.b64decode(body)) for path, headers, body in asked["calls"]]
    gc.disable()
    answers = asyncio.run(load(asked["port"], asked["rate"], raws))
    counted = sorted(taken * 1000 for taken, _status in answers[int(len(answers) * WARM_UP) :])
    shares = quantiles(counted, n=100)
    wrong = sum(status != 200 for _taken, status in answers)
    json.dump({"p50": shares[49], "p99": shares[98], "most": counted[-1], "wrong": wrong}, sys.stdout)


if __name__ == "__main__":
    main()
