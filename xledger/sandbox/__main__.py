"""`python -m xledger.sandbox`: serves the sandbox until Ctrl-C or SIGTERM."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

from fjordkraft.serving import serve

from .app import PATH, Sandbox


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m xledger.sandbox", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True, help="0 takes a free port")
    parser.add_argument("--employees", type=int, default=250, help="people in HR")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--token", help="the one token let in; without it any but 'expired'")
    parser.add_argument("--today", type=date.fromisoformat, help="yyyy-mm-dd; default: now in Oslo")
    parser.add_argument("--state", type=Path, help="file to load from and save to")
    return parser.parse_args()


def main() -> None:
    options = _options()
    sandbox = Sandbox(
        employees=options.employees,
        seed=options.seed,
        today=options.today,
        token=options.token,
        state=options.state,
    )
    count = len(sandbox.employees)

    def ready(url: str) -> None:
        print(
            f"Xledger sandbox on {url}{PATH} ({count} employees, seed {options.seed})", flush=True
        )

    serve(sandbox.wsgi, options.host, options.port, ready)


if __name__ == "__main__":
    main()
