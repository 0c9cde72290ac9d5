"""What the page on deployment tells people to run and to set is there."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from configparser import RawConfigParser
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from analytics.watch.crosscheck import Agreement
from bot.cli import cli
from bot.clock import FixedClock, SteadyClock
from bot.config import Settings, environment_name
from bot.market.calendar import ExchangeCalendar
from bot.store.engine import CONNECTIONS
from bot.telemetry.health import ClockCollector
from bot.telemetry.metrics import PrometheusMetrics

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "deployment.md").read_text(encoding="utf-8")
DEPLOY = ROOT / "docs" / "deploy"
UNITS = ("watchpoint.service", "watchpoint@.service")
KNOWN = {environment_name(field) for field in Settings.model_fields}
TIMEOUT = 60.0


def read(name: str) -> str:
    return (DEPLOY / name).read_text(encoding="utf-8")


def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(read("compose.yaml"))
    return found


def unit(name: str) -> RawConfigParser:
    """Of a key that is given several times the last value; see `every` for all of them."""
    parser = RawConfigParser(strict=False)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(read(name))
    return parser


def every(name: str, key: str) -> list[str]:
    return re.findall(rf"^{key}=(.*)$", read(name), re.MULTILINE)


def linted(*command: str) -> None:
    """Run a linter; skip where it is not installed."""
    beside = str(Path(sys.executable).parent)
    found = shutil.which(command[0], path=beside) or shutil.which(command[0])
    if found is None:
        pytest.skip(f"{command[0]} is not installed")
    done = subprocess.run([found, *command[1:]], capture_output=True, text=True, timeout=TIMEOUT, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_setting_is_one() -> None:
    named = set(re.findall(r"\b(?:WATCHPOINT|SLACK)_[A-Z_]+\b|\bDATABASE_URL\b", PAGE))
    assert named
    assert named <= KNOWN


def test_every_command_is_one() -> None:
    named = set(re.findall(r"`watchpoint ([a-z-]+)", PAGE)) | {"serve"}
    assert {"migrate", "doctor", "serve"} <= named <= set(cli.commands)
    help_text = CliRunner().invoke(cli, ["serve", "--help"]).output
    assert "[all|web|worker]" in help_text


@pytest.mark.parametrize("name", UNITS)
def test_units_start_again_for_ever_but_not_for_a_wrong_setting(name: str) -> None:
    service = unit(name)["Service"]
    assert (service["Restart"], service["RestartPreventExitStatus"]) == ("always", "2")
    assert unit(name)["Unit"]["StartLimitIntervalSec"] == "0"
    assert int(service["TimeoutStopSec"]) > 20
    assert int(service["LimitNOFILE"]) >= 65536
    assert service["ExecStart"].startswith("/opt/watchpoint/bin/watchpoint serve")
    assert (service["User"], service["NoNewPrivileges"]) == ("watchpoint", "true")
    assert {each.partition("=")[0] for each in every(name, "Environment")} <= KNOWN


@pytest.mark.parametrize("name", UNITS)
def test_systemd_understands_the_units(name: str, tmp_path: Path) -> None:
    # The program is not installed here, and systemd would say so.
    (tmp_path / name).write_text(read(name).replace("/opt/watchpoint/bin/watchpoint", "/bin/true"))
    linted("systemd-analyze", "verify", str(tmp_path / name))


def test_the_compose_file_is_one() -> None:
    linted("check-jsonschema", "--builtin-schema", "vendor.compose-spec", str(DEPLOY / "compose.yaml"))


def test_the_dockerfile_is_sound() -> None:
    linted("hadolint", str(DEPLOY / "Dockerfile"))


def test_every_service_of_the_compose_file_is_started_again_after_the_migration() -> None:
    services = compose()["services"]
    assert set(services) == {"database", "migrate", "web", "worker"}
    for role in ("web", "worker"):
        service = services[role]
        assert service["command"] == ["serve", "--role", role]
        assert service["restart"] == "always"
        assert service["depends_on"]["migrate"]["condition"] == "service_completed_successfully"
        assert "/readyz" in service["healthcheck"]["test"][-1]
        assert service["cap_drop"] == ["ALL"]
        assert service["read_only"] is True
    assert services["worker"]["deploy"]["replicas"] == 2
    assert services["migrate"]["restart"] == "on-failure"


def test_what_the_compose_file_names_is_there() -> None:
    whole = compose()
    for service in whole["services"].values():
        assert set(service.get("secrets", ())) <= set(whole["secrets"])
        assert {each.partition(":")[0] for each in service.get("volumes", ())} <= set(whole["volumes"])
        if "build" in service:
            context = (DEPLOY / service["build"]["context"]).resolve()
            assert context == ROOT
            assert (context / service["build"]["dockerfile"]).is_file()
    pinned = whole["services"]["database"]["image"].partition(":")[2]
    assert re.match(r"\d+\.\d+", pinned)


def test_secrets_are_mounted_under_names_that_the_settings_read() -> None:
    whole = compose()
    ours = set(whole["services"]["web"]["secrets"])
    assert {"slack_bot_token", "slack_app_token", "database_url"} == ours
    loaded = {each.partition(":")[0] for name in UNITS for each in every(name, "LoadCredential")}
    assert {name.upper() for name in ours | loaded} <= KNOWN
    assert all(file["file"].startswith("./secrets/") for file in whole["secrets"].values())
    assert not any(
        "environment" in service for name, service in whole["services"].items() if name != "database"
    )


def test_the_image_is_pinned_runs_as_nobody_special_and_holds_no_secret() -> None:
    lines = read("Dockerfile").splitlines()
    images = [line.split()[1] for line in lines if line.startswith("FROM ")]
    assert all(re.fullmatch(r"python:3\.\d+\.\d+-slim-\w+", image) for image in images)
    assert "USER 10001" in lines
    assert lines.index("USER 10001") < next(
        at for at, line in enumerate(lines) if line.startswith("ENTRYPOINT")
    )
    copied = [
        name
        for line in lines
        if line.startswith("COPY ") and "--from" not in line
        for name in line.split()[1:-1]
    ]
    assert copied
    assert all((ROOT / name).exists() for name in copied)
    assert set(re.findall(r"\b((?:WATCHPOINT|SLACK|DATABASE)_\w+)=", read("Dockerfile"))) <= KNOWN
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert ignored[1] == "*"
    assert {line[1:] for line in ignored if line.startswith("!")} == set(copied)


def test_every_metric_of_an_alert_is_one() -> None:
    calendar, now = ExchangeCalendar(), datetime.fromisoformat("2026-01-24T12:00:00+00:00")
    metrics = PrometheusMetrics(FixedClock(now), calendar, "0", "worker")
    session = calendar.last_complete(now)
    metrics.run(session, 1.0, now)
    metrics.prices(session, now)
    metrics.sources(Agreement("Yahoo Finance", "Tiingo", session, ("ISCB", "SPSM")))
    metrics.registry.register(ClockCollector(SteadyClock()))
    shown = {sample.name for family in metrics.registry.collect() for sample in family.samples}
    asked = {"watchpoint_lanes_due", "watchpoint_questions_open"}  # of the store, see bootstrap
    named = set(re.findall(r"watchpoint_[a-z_]+", PAGE.split("Worth an alert")[1].split("Logs go")[0]))
    assert len(named) == 12
    assert named <= shown | asked


def test_the_number_of_connections_is_true() -> None:
    assert f"up to {CONNECTIONS} connections" in PAGE
