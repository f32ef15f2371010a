"""The stored state: integrations, their mappings, and what each run planned and did."""

from .change import Change
from .integration import Credential, EmployeeLink, Integration
from .mapping import FieldMapping
from .run import SyncRun
from .version import ConfigVersion

__all__ = [
    "Change",
    "ConfigVersion",
    "Credential",
    "EmployeeLink",
    "FieldMapping",
    "Integration",
    "SyncRun",
]
