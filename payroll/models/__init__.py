"""The stored state: integrations, their mappings, and what each run planned and did."""

from .change import Change
from .connection_test import ConnectionTest
from .credential import Credential
from .employee_link import EmployeeLink
from .integration import Integration
from .mapping import FieldMapping
from .match import MatchDecision
from .notice import Notice
from .pin import Pin
from .request_count import RequestCount
from .run import SyncRun
from .snapshot import Snapshot, SnapshotPart
from .timeoff_by_hand import TimeOffByHand
from .timeoff_export import TimeOffExport
from .timeoff_file import TimeOffFile
from .timeoff_line import TimeOffLine
from .timeoff_reading import TimeOffReading, TimeOffReadingPart
from .timeoff_result import TimeOffResult
from .trouble import Trouble
from .upcoming import UpcomingChange
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
    "Pin",
    "RequestCount",
    "Snapshot",
    "SnapshotPart",
    "SyncRun",
    "TimeOffByHand",
    "TimeOffExport",
    "TimeOffFile",
    "TimeOffLine",
    "TimeOffReading",
    "TimeOffReadingPart",
    "TimeOffResult",
    "Trouble",
    "UpcomingChange",
    "WaitingChange",
]
