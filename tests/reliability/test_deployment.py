"""What the page on deployment tells people to run and to set is there."""

from __future__ import annotations

import re
from configparser import RawConfigParser
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from bot.cli import cli
from bot.clock import FixedClock
from bot.config import Settings, environment_name
from bot.market.calendar import ExchangeCalendar
from bot.store.engine import CONNECTIONS
from bot.telemetry.metrics import Metrics

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "deployment.md").read_text(encoding="utf-8")
KNOWN = {environment_name(field) for field in Settings.model_fields}


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.S)


def compose() -> dict[str, Any]:
    (text,) = blocks("yaml")
    found: dict[str, Any] = yaml.safe_load(text)
    return found


def test_every_setting_is_one() -> None:
    named = set(re.findall(r"\b(?:WATCHPOINT|SLACK)_[A-Z_]+\b|\bDATABASE_URL\b", PAGE))
    assert named
    assert named <= KNOWN


def test_every_command_is_one() -> None:
    named = set(re.findall(r"`watchpoint ([a-z-]+)", PAGE)) | {"serve"}
    assert {"migrate", "doctor", "serve"} <= named <= set(cli.commands)
    help_text = CliRunner().invoke(cli, ["serve", "--help"]).output
    assert "[all|web|worker]" in help_text


@pytest.mark.parametrize("text", blocks("ini"), ids=["one process", "roles"])
def test_units_start_again_for_ever_but_not_for_a_wrong_setting(text: str) -> None:
    unit = RawConfigParser(strict=False)  # a unit may name a key twice
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read_string(text)
    service = unit["Service"]
    assert (service["Restart"], service["RestartPreventExitStatus"]) == ("always", "2")
    assert unit["Unit"]["StartLimitIntervalSec"] == "0"
    assert int(service["TimeoutStopSec"]) > 20
    assert service["ExecStart"].startswith("/opt/watchpoint/bin/watchpoint serve")


def test_every_service_of_the_compose_file_is_started_again_after_the_migration() -> None:
    services = compose()["services"]
    assert set(services) == {"database", "migrate", "web", "worker"}
    for role in ("web", "worker"):
        service = services[role]
        assert service["command"] == ["serve", "--role", role]
        assert service["restart"] == "always"
        assert service["depends_on"]["migrate"]["condition"] == "service_completed_successfully"
        assert set(service["environment"]) - {"PGPASSFILE"} <= KNOWN
    assert services["worker"]["deploy"]["replicas"] == 2
    assert services["migrate"]["restart"] == "on-failure"


def test_every_metric_of_an_alert_is_one() -> None:
    calendar, now = ExchangeCalendar(), datetime.fromisoformat("2026-01-24T12:00:00+00:00")
    metrics = Metrics(FixedClock(now), calendar, "0", "worker")
    session = calendar.last_complete(now)
    metrics.run(session, 1.0, now)
    metrics.prices(session, now)
    shown = {sample.name for family in metrics.registry.collect() for sample in family.samples}
    asked = {"watchpoint_lanes_due", "watchpoint_questions_open"}  # of the store, see bootstrap
    named = set(re.findall(r"watchpoint_[a-z_]+", PAGE.split("Worth an alert")[1].split("Logs go")[0]))
    assert len(named) == 6
    assert named <= shown | asked


def test_the_number_of_connections_is_true() -> None:
    assert f"up to {CONNECTIONS} connections" in PAGE
