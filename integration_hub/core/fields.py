"""A model column that is sealed at rest: JSON in Python, ciphertext in the database.

    class Change(models.Model):
        id = models.UUIDField(primary_key=True, default=uuid4)
        values = SealedJSONField(default=dict)

The row's primary key takes part in the sealing, so it must be made by us (a UUID) before saving.
Works with `save`, `bulk_create` and `bulk_create(update_conflicts=True)` on the primary key; on
another key the ciphertext would be bound to a row that is not there. `update()` and `bulk_update()`
know no row and are refused: nothing unsealed can reach the database.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.signals import setting_changed
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.expressions import Combinable, Expression

from .crypto import Sealer, parse_keys


@lru_cache(maxsize=1)
def sealer() -> Sealer:
    """The sealer over `settings.ENCRYPTION_KEYS`."""
    return Sealer(parse_keys(settings.ENCRYPTION_KEYS))


def _forget_keys(*, setting: str, **_: Any) -> None:
    if setting == "ENCRYPTION_KEYS":
        sealer.cache_clear()


setting_changed.connect(_forget_keys)


class Sealed(str):
    """Ciphertext, so that it is never taken for a value."""

    __slots__ = ()


class _Opening:
    """Opens the column on first access and keeps the value on the instance."""

    def __init__(self, field: SealedJSONField) -> None:
        self.field = field

    def __get__(self, instance: models.Model | None, owner: type[models.Model]) -> Any:
        if instance is None:
            return self
        name = self.field.attname
        if name not in instance.__dict__:  # deferred
            instance.refresh_from_db(fields=[name])
        value = instance.__dict__[name]
        if isinstance(value, Sealed):
            value = json.loads(sealer().open(value, self.field.place(instance)))
            instance.__dict__[name] = value
        return value

    def __set__(self, instance: models.Model, value: Any) -> None:
        instance.__dict__[self.field.attname] = value


if TYPE_CHECKING:
    _TextField = models.TextField[Any, Any]
else:
    _TextField = models.TextField


class SealedJSONField(_TextField):
    """Any JSON value, sealed and bound to this row and column."""

    _pyi_private_set_type: Any  # for the type checker: any JSON value may be assigned
    _pyi_private_get_type: Any

    descriptor_class = _Opening

    def place(self, instance: models.Model) -> str:
        """What the ciphertext is bound to."""
        return f"{instance._meta.label_lower}.{self.column}:{instance.pk}"

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = model_instance.__dict__[self.attname]
        if isinstance(value, Sealed):
            return value
        plain = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
        return Sealed(sealer().seal(plain, self.place(model_instance)))

    def from_db_value(
        self, value: str | None, expression: Expression, connection: BaseDatabaseWrapper
    ) -> Sealed | None:
        return None if value is None else Sealed(value)

    def get_prep_value(self, value: Any) -> Any:
        if value is None or isinstance(value, (Sealed, Combinable)):
            return value
        raise TypeError(f"{self.name} is sealed per row: save the row itself")

    def get_db_prep_save(self, value: Any, connection: BaseDatabaseWrapper) -> Any:
        """Refuses expressions too: `update(column=Value("plain"))` would go round the sealing."""
        if value is None or isinstance(value, Sealed):
            return value
        raise TypeError(f"{self.name} is sealed per row: save the row itself")

    def to_python(self, value: Any) -> Any:
        return value

    def value_to_string(self, obj: models.Model) -> str:
        return str(self.pre_save(obj, add=False))
