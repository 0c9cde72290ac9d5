"""Secrets that are mounted as files, by compose or by systemd."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot import config
from bot.config import load


@pytest.fixture(params=["systemd", "compose"])
def folder(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where they are mounted."""
    for name in ("SLACK_BOT_TOKEN", "DATABASE_URL", "CREDENTIALS_DIRECTORY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(config, "SECRETS", str(tmp_path / "nowhere"))
    if request.param == "systemd":
        monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    else:
        monkeypatch.setattr(config, "SECRETS", str(tmp_path))
    return tmp_path


def test_a_file_of_a_variables_name_is_its_value(folder: Path) -> None:
    (folder / "slack_bot_token").write_text("xoxb-1\n")
    (folder / "database_url").write_text("postgresql://bot:hunter2@db/rules\n")
    (folder / "rhsm").mkdir()  # what others keep there is none of ours
    settings = load()
    assert settings.slack_bot_token is not None
    assert settings.slack_bot_token.get_secret_value() == "xoxb-1"
    assert settings.database_url is not None
    assert settings.database_url.get_secret_value() == "postgresql://bot:hunter2@db/rules"
    assert "hunter2" not in repr(settings)


def test_the_environment_wins(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "slack_bot_token").write_text("xoxb-1")
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-2")
    settings = load()
    assert settings.slack_bot_token is not None
    assert settings.slack_bot_token.get_secret_value() == "xoxb-2"


def test_nothing_mounted_is_nothing_set(folder: Path) -> None:
    assert load().slack_bot_token is None
