"""Starts everything, runs the first sync through the queue, says what it did, and serves."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import time
from datetime import datetime
from pathlib import Path
from types import FrameType
from zoneinfo import ZoneInfo

from .processes import ChildDied, Children, NotReady, end_leftovers
from .state import AlreadyRunning, NotOurs, State
from .story import Progress, log_tail, outcome, say

ROOT = Path(__file__).resolve().parent.parent
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def main() -> int:
    """The exit code: 0 when the sync succeeded (--once) or serving was stopped, 130, else 1."""
    options = _options().parse_args()
    state = State(options.state)
    for number in STOP_SIGNALS:
        signal.signal(number, _interrupt)
    try:
        with state.locked():
            end_leftovers(state.processes)
            return _reset(state) if options.reset else _demonstrate(state, once=options.once)
    except AlreadyRunning:
        say(f"A demo is already running in {state.folder}. Stop it there with Ctrl-C.")
    except NotOurs:
        say(f"{state.folder} holds something that no demo made, so it is left alone.")
    return 1


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m demo", description=__doc__)
    parser.add_argument("--once", action="store_true", help="stop after the sync")
    parser.add_argument("--reset", action="store_true", help="forget everything kept, and stop")
    parser.add_argument("--state", type=Path, default=ROOT / ".demo", help="where state is kept")
    return parser


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _reset(state: State) -> int:
    state.wipe()
    say("Everything the demo kept is gone.")
    return 0


def _demonstrate(state: State, *, once: bool) -> int:
    children = Children(ROOT, state.logs, state.processes)
    serving = False
    try:
        succeeded = _sync(state, children)
        if once:
            return 0 if succeeded else 1
        serving = True
        _serve(state, children)
    except ChildDied as death:
        say(f"{death}, so the demo stops.")
        log_tail(death.log)
    except NotReady as late:
        say(f"{late}, so the demo stops. The logs are in {state.logs}.")
    except KeyboardInterrupt:
        say("\nStopping.")
        return 0 if serving else 130
    finally:
        for number in STOP_SIGNALS:
            signal.signal(number, signal.SIG_IGN)  # it is stopping already
        children.stop()
    return 1


def _sync(state: State, children: Children) -> bool:
    """Bring everything up and do the first sync of this start; whether it succeeded."""
    first = state.load(datetime.now(ZoneInfo("Europe/Oslo")).date())
    say(f"{'Setting up' if first else 'Going on with'} the demo in {state.folder}")
    # What follows needs Django, which --reset works without, and its settings, made only now.
    from . import startup

    embedded = startup.enter_settings(state)
    from . import hub

    startup.start_systems(state, children, embedded=embedded)
    hub.migrate()
    integration = hub.integration()
    hub.forget_unfinished(integration)
    user = hub.admin(integration, state.values["DEMO_PASSWORD"])
    startup.start_hub(state, children)
    say(f"Integration “{integration}” of {integration.organisation}")
    progress = Progress()
    for run in hub.follow(hub.start(integration, user)):
        progress.show(hub.progress(run))
        children.check()
        time.sleep(0.2)
    progress.end()
    summary = hub.summary(run)
    state.last_run.write_text(json.dumps(summary, indent=2), encoding="utf-8")
    outcome(summary)
    return hub.succeeded(run)


def _serve(state: State, children: Children) -> None:
    from . import hub

    say()
    say(f"Open     http://localhost:{state.values['DEMO_PORT']}/")
    say(f"E-mail   {hub.EMAIL}")
    say(f"Password {state.values['DEMO_PASSWORD']}")
    say("Ctrl-C stops everything; `make demo` goes on from here.")
    while True:
        children.check()
        time.sleep(0.5)


if __name__ == "__main__":
    sys.exit(main())
