"""The stored state: integrations, their mappings, and what each run planned and did."""

from .integration import Credential, EmployeeLink, Integration
from .mapping import FieldMapping
from .run import Change, SyncRun

__all__ = ["Change", "Credential", "EmployeeLink", "FieldMapping", "Integration", "SyncRun"]
