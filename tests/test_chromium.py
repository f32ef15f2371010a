"""Browser tests run in Chromium, or say that they did not."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import chromium


@pytest.fixture
def no_chromium(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.delenv("REQUIRE_BROWSER", raising=False)


def program(path: Path) -> Path:
    path.write_text("#!/bin/sh\n", encoding="utf-8")
    path.chmod(0o755)
    return path


@pytest.mark.usefixtures("no_chromium")
def test_a_browser_test_is_skipped_without_chromium(request: pytest.FixtureRequest) -> None:
    request.node.add_marker("browser")
    with pytest.raises(pytest.skip.Exception, match="BROWSER TESTS SKIPPED"):
        chromium.require(request.node)


@pytest.mark.usefixtures("no_chromium")
def test_a_browser_test_fails_where_a_browser_is_required(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUIRE_BROWSER", "1")
    request.node.add_marker("browser")
    with pytest.raises(pytest.fail.Exception, match="no Chromium"):
        chromium.require(request.node)


@pytest.mark.usefixtures("no_chromium")
def test_other_tests_need_no_chromium(request: pytest.FixtureRequest) -> None:
    chromium.require(request.node)


@pytest.mark.usefixtures("no_chromium")
def test_the_chromium_named_by_the_environment_comes_first(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program(tmp_path / "chromium")
    own = program(tmp_path / "my-own")
    monkeypatch.setenv("CHROMIUM", str(own))
    assert chromium.path() == str(own)


@pytest.mark.usefixtures("no_chromium")
def test_a_chromium_on_the_path_is_found(tmp_path: Path) -> None:
    found = program(tmp_path / "chromium-browser")
    assert chromium.path() == str(found)
