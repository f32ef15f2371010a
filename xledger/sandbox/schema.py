"""Builds the executable schema from the SDL beside it."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from graphql import GraphQLSchema, build_schema

from . import resolvers, scalars

SDL = Path(__file__).with_name("schema.graphql")


@lru_cache(maxsize=1)
def executable_schema() -> GraphQLSchema:
    """Give the schema with its scalars and resolvers; one object for the process."""
    schema = build_schema(SDL.read_text(encoding="utf-8"))
    scalars.install(schema)
    resolvers.install(schema)
    return schema
