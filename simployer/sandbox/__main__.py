"""Starts the sandbox from the shell: python -m simployer.sandbox --port 8101."""

from __future__ import annotations

import argparse
import json
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from fjordkraft.serving import serve
from simployer.sandbox.app import BASE_PATH, Sandbox
from simployer.sandbox.switches import Switches


def main() -> None:
    """Serve until Ctrl-C or SIGTERM, after one line on standard output that says where."""
    options = _options().parse_args()
    today = options.today or datetime.now(ZoneInfo("Europe/Oslo")).date()
    sandbox = Sandbox(
        options.employees,
        options.seed,
        today=today,
        token=options.token,
        state=options.state,
        switches=options.switches,
    )

    def announce(url: str) -> None:
        size = f"{len(sandbox.rows['employee'])} employees, seed {sandbox.store.seed}"
        print(f"Simployer One sandbox on {url}{BASE_PATH} ({size})", flush=True)

    serve(sandbox, options.host, options.port, ready=announce)


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m simployer.sandbox", description=__doc__)
    parser.add_argument("--port", type=int, required=True, help="0 takes a free one")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--employees", type=int, default=250)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--token", help="accept only this Bearer token")
    parser.add_argument("--today", type=date.fromisoformat, help="YYYY-MM-DD; else today in Oslo")
    parser.add_argument("--state", type=Path, help="keep edits in this file")
    parser.add_argument("--switches", type=_switches, help='JSON, such as {"dates": "local"}')
    return parser


def _switches(text: str) -> Switches:
    try:
        return Switches().changed(json.loads(text))
    except (ValueError, AttributeError) as error:
        raise argparse.ArgumentTypeError(str(error)) from error


if __name__ == "__main__":
    main()
