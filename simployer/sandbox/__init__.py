"""An imitation of the Simployer One public API to develop and test against, sharing no code with
the client: it follows simployer-one.md section 6 and runs without Django.
"""

from simployer.sandbox.app import Sandbox, Seen
from simployer.sandbox.faults import FaultKind
from simployer.sandbox.switches import Switches

__all__ = ["FaultKind", "Sandbox", "Seen", "Switches"]
