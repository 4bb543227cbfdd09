"""The peers' side of a look-up over HTTP: python-threatexchange's index behind Flask, as HMA's matcher runs it.

It runs under the Python of `.venv-bench`: `gunicorn bench.match_peer:app`, with the rows in `BENCH_ROWS`. HMA's steps
of a look-up are all here, in its order; the bank of each row, which HMA asks PostgreSQL for, lies in memory.
"""

from __future__ import annotations

import os
import random
from typing import Any

import faiss
import flask
import numpy as np
from threatexchange.signal_type.pdq.signal import PdqSignal

BANK = "BENCH"
RATIO = 1.0

faiss.omp_set_num_threads(1)
rows = np.load(os.environ["BENCH_ROWS"])
index = PdqSignal.get_index_cls().build([(one.tobytes().hex(), row) for row, one in enumerate(rows)])
enabled = np.ones(len(rows), np.bool_)
app = flask.Flask(__name__)


def lookup() -> Any:
    """Answer which bank knows a signal, and how near its content is."""
    if flask.request.args["signal_type"] != PdqSignal.get_name():
        flask.abort(400)
    signal = PdqSignal.validate_signal_str(flask.request.args["signal"])
    found = [one for one in index.query(signal) if enabled[one.metadata]]
    if not found or random.Random(flask.request.args.get("seed")).random() > RATIO:  # noqa: S311 - as HMA does
        return {}
    contents = [{"bank_content_id": one.metadata, "distance": one.similarity_info.pretty_str()} for one in found]
    return {BANK: contents}


def status() -> str:
    """Say that the index is there."""
    return "I-AM-ALIVE"


app.add_url_rule("/m/lookup", view_func=lookup)
app.add_url_rule("/status", view_func=status)
