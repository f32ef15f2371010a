"""Why somebody or something is not sent, in words that a payroll clerk can act on. Pure."""

from .dated import *
from .managers import *
from .matching import *
from .restoring import *
from .scope import *
from .sending import *
