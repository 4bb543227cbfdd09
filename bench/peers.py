"""The peers' side: runs under the Python of `.venv-bench`, answers one JSON line for each JSON line it is asked.

It stands alone, since that environment has neither this project nor what it needs.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import vpdq
from threatexchange.signal_type.pdq.pdq_hasher import pdq_from_bytes


def pictures(paths: list[str]) -> dict[str, Any]:
    """Fingerprint each file's bytes as python-threatexchange does; return the processor time and the hex."""
    contents = [Path(path).read_bytes() for path in paths]
    began = time.process_time()
    found = [pdq_from_bytes(content)[0] for content in contents]
    return {"elapsed_s": time.process_time() - began, "pdq": found}


def video(path: str) -> dict[str, Any]:
    """Fingerprint one frame a second with vpdq; return the processor time and how many frames it took."""
    began = time.process_time()
    frames = vpdq.computeHash(path, seconds_per_hash=1, thread_count=1)
    return {"elapsed_s": time.process_time() - began, "frames": len(frames)}


def main() -> None:
    """Answer until the questions end."""
    for line in sys.stdin:
        question = json.loads(line)
        answer = pictures(question["pictures"]) if "pictures" in question else video(question["video"])
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
