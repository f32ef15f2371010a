"""The forms of the wizard's steps, each also a settings page's, and of lists."""

from .activity import ActivityFilter
from .connection import ConnectionForm
from .deletion import DeletionForm
from .field_row import FieldRowForm
from .fields import FieldsForm
from .limits import LimitsForm
from .notices import NoticesForm
from .schedule import ScheduleForm
from .scope import ScopeForm
from .single import PersonSearch
from .step import StepForm
from .trial import TrialForm

__all__ = [
    "ActivityFilter",
    "ConnectionForm",
    "DeletionForm",
    "FieldRowForm",
    "FieldsForm",
    "LimitsForm",
    "NoticesForm",
    "PersonSearch",
    "ScheduleForm",
    "ScopeForm",
    "StepForm",
    "TrialForm",
]
