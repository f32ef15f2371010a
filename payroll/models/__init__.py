"""The stored state: integrations, their mappings, and what each run planned and did."""

from .change import Change
from .integration import Credential, EmployeeLink, Integration
from .mapping import FieldMapping
from .run import SyncRun

__all__ = ["Change", "Credential", "EmployeeLink", "FieldMapping", "Integration", "SyncRun"]
