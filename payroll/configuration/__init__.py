"""Integrations as JSON documents: stored whole or not at all, and written out again.

`load` and `parse` read a document, `store` makes an integration of it, `export` writes one.
"""

from .checks import InvalidConfiguration
from .document import Document, load, parse
from .exporting import export
from .storing import store

__all__ = ["Document", "InvalidConfiguration", "export", "load", "parse", "store"]
