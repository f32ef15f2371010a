"""The stored state: integrations, their mappings, and what each run planned and did."""

from .change import Change
from .connection_test import ConnectionTest
from .integration import Credential, EmployeeLink, Integration
from .mapping import FieldMapping
from .match import MatchDecision
from .notice import Notice
from .request_count import RequestCount
from .run import SyncRun
from .snapshot import Snapshot, SnapshotPart
from .trouble import Trouble
from .version import ConfigVersion
from .waiting import WaitingChange

__all__ = [
    "Change",
    "ConfigVersion",
    "ConnectionTest",
    "Credential",
    "EmployeeLink",
    "FieldMapping",
    "Integration",
    "MatchDecision",
    "Notice",
    "RequestCount",
    "Snapshot",
    "SnapshotPart",
    "SyncRun",
    "Trouble",
    "WaitingChange",
]
