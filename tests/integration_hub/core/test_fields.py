"""Sealed columns through real models: any JSON value survives, none reaches the database bare."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core import serializers
from django.db import connection, transaction
from django.db.models import F, Value
from pytest_django import Settings

from integration_hub.accounts.models import Organisation
from integration_hub.core.crypto import new_key
from integration_hub.core.errors import DecryptionError
from payroll.models import Credential, EmployeeLink, Integration

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)
SECRET = "eGxlZGdlci10b2tlbg-æøå"
VALUES: list[Any] = ["", "0", 0, 1.5, False, True, None, [], ["a", None], {}, {"å": {"b": [1]}}]


@pytest.fixture
def integration() -> Integration:
    organisation = Organisation.objects.create(name="Fjordkraft Demo AS")
    return Integration.objects.create(organisation=organisation, label="Xledger Norge")


def credential(integration: Integration, secret: Any = SECRET) -> Credential:
    return Credential(
        integration=integration, side="target", key="token", secret=secret, set_at=NOW
    )


def link(integration: Integration, source_id: str, baseline: Any) -> EmployeeLink:
    return EmployeeLink(integration=integration, source_id=source_id, baseline=baseline)


def fresh_key() -> str:
    return base64.urlsafe_b64encode(new_key()).decode()


def columns(model: type[Credential] | type[EmployeeLink], column: str) -> list[str]:
    """What the database itself holds."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {model._meta.db_table}")  # noqa: S608
        return [row[0] for row in cursor.fetchall()]


@pytest.mark.parametrize("value", VALUES)
def test_a_saved_value_comes_back_as_it_was(integration: Integration, value: Any) -> None:
    saved = link(integration, "e1", value)
    saved.save()
    found = EmployeeLink.objects.get(pk=saved.pk).baseline
    assert (found, type(found)) == (value, type(value))


def test_values_saved_in_bulk_come_back_as_they_were(integration: Integration) -> None:
    EmployeeLink.objects.bulk_create(
        link(integration, str(number), value) for number, value in enumerate(VALUES)
    )
    found = {row.source_id: row.baseline for row in EmployeeLink.objects.all()}
    assert found == {str(number): value for number, value in enumerate(VALUES)}


def test_a_bulk_upsert_by_primary_key_replaces_the_value(integration: Integration) -> None:
    row = link(integration, "e1", {"code": ["1", "1"]})
    for baseline in ({"code": ["1", "1"]}, {"code": ["2", "2"]}):
        row.baseline = baseline
        EmployeeLink.objects.bulk_create(
            [row], update_conflicts=True, unique_fields=["id"], update_fields=["baseline"]
        )
    assert EmployeeLink.objects.get().baseline == {"code": ["2", "2"]}


def test_a_loaded_row_can_be_upserted_without_opening_it(integration: Integration) -> None:
    link(integration, "e1", {"code": ["1", "1"]}).save()
    row = EmployeeLink.objects.get()
    row.target_id = "42"
    EmployeeLink.objects.bulk_create(
        [row],
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["target_id", "baseline"],
    )
    found = EmployeeLink.objects.get()
    assert (found.target_id, found.baseline) == ("42", {"code": ["1", "1"]})


def test_a_deferred_value_is_read_when_asked_for(integration: Integration) -> None:
    credential(integration).save()
    assert Credential.objects.defer("secret").get().secret == SECRET


def test_saving_other_columns_of_a_deferred_row_keeps_the_value(integration: Integration) -> None:
    credential(integration).save()
    row = Credential.objects.only("key").get()
    row.key = "other"
    row.save()
    assert Credential.objects.get(key="other").secret == SECRET


def test_a_value_changed_in_place_is_saved(integration: Integration) -> None:
    link(integration, "e1", {}).save()
    row = EmployeeLink.objects.get()
    row.baseline["code"] = ["1", "1"]
    row.save(update_fields=["baseline"])
    assert EmployeeLink.objects.get().baseline == {"code": ["1", "1"]}


def test_a_refreshed_row_shows_the_new_value(integration: Integration) -> None:
    row = credential(integration, "first")
    row.save()
    other = Credential.objects.get()
    other.secret = "second"
    other.save()
    row.refresh_from_db()
    assert row.secret == "second"


def test_the_database_holds_no_plain_text(integration: Integration) -> None:
    credential(integration).save()
    EmployeeLink.objects.bulk_create([link(integration, "e1", {"email": [SECRET, SECRET]})])
    for stored in columns(Credential, "secret") + columns(EmployeeLink, "baseline"):
        assert stored.startswith("1:")
        assert SECRET not in stored
        assert base64.urlsafe_b64encode(SECRET.encode()).decode().rstrip("=") not in stored


@pytest.mark.parametrize("value", ["plain", "", {"a": 1}, 0, Value("plain"), F("key")])
def test_an_update_that_knows_no_row_is_refused(integration: Integration, value: Any) -> None:
    credential(integration).save()
    with pytest.raises(TypeError, match="sealed per row"), transaction.atomic():
        Credential.objects.update(secret=value)
    assert Credential.objects.get().secret == SECRET


def test_a_bulk_update_is_refused(integration: Integration) -> None:
    row = credential(integration)
    row.save()
    row.secret = "plain"
    with pytest.raises(TypeError, match="sealed per row"), transaction.atomic():
        Credential.objects.bulk_update([row], ["secret"])
    assert Credential.objects.get().secret == SECRET


def test_a_search_for_a_sealed_value_is_refused(integration: Integration) -> None:
    with pytest.raises(TypeError, match="sealed per row"):
        Credential.objects.filter(secret=SECRET).exists()


def test_ciphertext_copied_to_another_row_does_not_open(integration: Integration) -> None:
    EmployeeLink.objects.bulk_create(
        [link(integration, "e1", {"a": 1}), link(integration, "e2", {"b": 2})]
    )
    one, two = EmployeeLink.objects.order_by("source_id")
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE payroll_employeelink SET baseline = "
            "(SELECT baseline FROM payroll_employeelink WHERE source_id = 'e1') "
            "WHERE source_id = 'e2'"
        )
    assert EmployeeLink.objects.get(pk=one.pk).baseline == {"a": 1}
    with pytest.raises(DecryptionError):
        _ = EmployeeLink.objects.get(pk=two.pk).baseline


def test_a_rotated_key_still_opens_and_the_new_one_seals(
    integration: Integration, settings: Settings
) -> None:
    credential(integration).save()
    new = fresh_key()
    settings.ENCRYPTION_KEYS = [new, *settings.ENCRYPTION_KEYS]
    row = Credential.objects.get()
    assert row.secret == SECRET
    row.save()
    settings.ENCRYPTION_KEYS = [new]
    assert Credential.objects.get().secret == SECRET


def test_with_a_wrong_key_reading_is_an_error_and_shows_no_ciphertext(
    integration: Integration, settings: Settings
) -> None:
    credential(integration).save()
    settings.ENCRYPTION_KEYS = [fresh_key()]
    row = Credential.objects.get()
    with pytest.raises(DecryptionError, match="ENCRYPTION_KEYS") as caught:
        _ = row.secret
    assert columns(Credential, "secret")[0].rpartition(":")[2] not in str(caught.value.detail)


def test_digests_do_not_change_when_encryption_keys_rotate(settings: Settings) -> None:
    organisation = Organisation.objects.create(name="Fjordkraft Demo AS")
    before = organisation.digester.digest("01010750160", "socialSec")
    settings.ENCRYPTION_KEYS = [fresh_key(), *settings.ENCRYPTION_KEYS]
    reopened = Organisation.objects.get()
    assert reopened.digest_key == organisation.digest_key
    reopened.save()
    settings.ENCRYPTION_KEYS = settings.ENCRYPTION_KEYS[:1]
    assert Organisation.objects.get().digester.digest("01010750160", "socialSec") == before


def test_a_dump_holds_no_plain_text_and_is_not_loaded_as_if_it_were(
    integration: Integration,
) -> None:
    credential(integration).save()
    dump = serializers.serialize("json", Credential.objects.all())
    assert SECRET not in dump
    with pytest.raises(TypeError, match="sealed per row"), transaction.atomic():
        next(iter(serializers.deserialize("json", dump))).save()
    assert Credential.objects.get().secret == SECRET


def test_an_unopened_row_keeps_its_ciphertext_when_saved(integration: Integration) -> None:
    credential(integration).save()
    before = columns(Credential, "secret")
    Credential.objects.get().save()
    assert columns(Credential, "secret") == before
