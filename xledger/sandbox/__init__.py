"""An imitation of Xledger's GraphQL API to run and test against, strict where the vendor is.

It shares no code with the client it tests: a shared mistake would pass unseen.
"""

from .app import Sandbox

__all__ = ["Sandbox"]
