"""Whisper engine worker: recognition requests on stdin, results on stdout (frames.py), log lines on stderr.

usage: whisper_worker.py --model DIR [--threads N] [--cache DIR] [--width N] [--digits FILE] [--endings FILE]

DIR is a CTranslate2 Whisper model. The graphs that it is run as are built once and cached; messages: whisper/protocol.py.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path


def main() -> int:
    parser = argparse.ArgumentParser(description="Whisper engine worker")
    parser.add_argument("--model", type=Path, required=True, help="folder of a CTranslate2 Whisper model")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--cache", type=Path, default=None, help="where built graphs are kept; default HANDRAIL_HOME/cache")
    parser.add_argument("--width", type=int, default=None, help="beams of the search; default as search.py has it")
    parser.add_argument("--digits", type=Path, default=None, help="another digit model than the one that comes along")
    parser.add_argument("--endings", type=Path, default=None, help="another model of endings, likewise")
    options = parser.parse_args()
    # numpy reads these once, when it is first imported: a pool of its own would take the other engines' cores.
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
        os.environ[name] = str(options.threads)
    cache = options.cache or Path(os.environ.get("HANDRAIL_HOME", options.model.parent.parent)) / "cache"

    began = time.perf_counter()
    from whisper.protocol import Server
    from whisper.recogniser import Recogniser
    from whisper.search import SearchOptions

    search = SearchOptions() if options.width is None else SearchOptions(width=options.width)
    recogniser = Recogniser(options.model, cache, options.threads, search, options.digits, options.endings)
    recogniser.warm()
    load_ms = 1000 * (time.perf_counter() - began)
    # Whatever prints by mistake must not end up between the frames.
    frames_out = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    Server(recogniser, sys.stdin.buffer, frames_out).run(options.model.name, load_ms)
    return 0


if __name__ == "__main__":
    sys.exit(main())
