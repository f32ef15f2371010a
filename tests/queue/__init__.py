"""The queue as it is in production: a real broker, real worker processes, the shared database."""
