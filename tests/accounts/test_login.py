"""Logging in and out, and being locked out."""

from __future__ import annotations

import pytest
from django.test import Client

from integration_hub.accounts.models import User

PASSWORD = "a long enough secret"


@pytest.fixture
def user(db: None) -> User:
    return User.objects.create_user("kari@fjordkraft.example", PASSWORD)


def _log_in(client: Client, email: str, password: str = PASSWORD, **extra: str) -> int:
    return client.post("/login/", {"username": email, "password": password, **extra}).status_code


def _is_in(client: Client) -> bool:
    return client.get("/settings/integrations/").status_code == 200


@pytest.mark.parametrize("email", ["kari@fjordkraft.example", "Kari@Fjordkraft.Example"])
def test_an_email_and_its_password_open_the_integrations(
    client: Client, user: User, email: str
) -> None:
    response = client.post("/login/", {"username": email, "password": PASSWORD}, follow=True)
    assert response.redirect_chain[-1][0] == "/settings/integrations/"
    assert user.email in response.content.decode()


def test_a_person_goes_on_to_the_page_they_asked_for(client: Client, user: User) -> None:
    asked = client.get("/activity/", follow=True).content.decode()
    assert '<input type="hidden" name="next" value="/activity/">' in asked
    form = {"username": user.email, "password": PASSWORD, "next": "/activity/"}
    assert client.post("/login/", form)["Location"] == "/activity/"


def test_nobody_is_sent_to_another_site(client: Client, user: User) -> None:
    form = {"username": user.email, "password": PASSWORD, "next": "https://elsewhere.example/"}
    assert client.post("/login/", form)["Location"] == "/"


def test_a_wrong_password_and_an_unknown_email_get_the_same_words(
    client: Client, user: User
) -> None:
    pages = [
        client.post("/login/", {"username": email, "password": "wrong"}).content.decode()
        for email in (user.email, "nobody@fjordkraft.example")
    ]
    assert all("E-mail and password do not belong together" in page for page in pages)
    assert not _is_in(client)


def test_a_switched_off_account_stays_out(client: Client, user: User) -> None:
    User.objects.update(is_active=False)
    assert _log_in(client, user.email) == 200
    assert not _is_in(client)


def test_log_out_takes_a_press_of_the_button(client: Client, user: User) -> None:
    _log_in(client, user.email)
    assert client.get("/logout/").status_code == 405
    assert _is_in(client)
    assert client.post("/logout/")["Location"] == "/login/"
    assert not _is_in(client)


def test_ten_wrong_tries_lock_out_in_any_spelling_even_with_the_right_password(
    client: Client, user: User
) -> None:
    for number in range(9):
        assert _log_in(client, user.email if number % 2 else user.email.upper(), "wrong") == 200
    assert _log_in(client, user.email, "wrong") == 429
    response = client.post("/login/", {"username": user.email, "password": PASSWORD})
    assert response.status_code == 429
    assert "locked for 15 minutes" in response.content.decode()
    assert not _is_in(client)


def test_a_lock_out_leaves_others_alone(client: Client, user: User) -> None:
    other = User.objects.create_user("ola@fjordkraft.example", PASSWORD)
    for _ in range(11):
        _log_in(client, user.email, "wrong")
    assert _log_in(client, other.email) == 302


def test_whoever_is_logged_in_does_not_see_the_form_again(client: Client, user: User) -> None:
    _log_in(client, user.email)
    assert client.get("/login/").status_code == 302
