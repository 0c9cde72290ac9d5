"""Settings: the only reader of the environment; every fault is reported at once."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import platformdirs
from pydantic import AnyHttpUrl, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.errors import UserError


class DataSource(StrEnum):
    """Where prices and fund facts come from; never switched silently."""

    YAHOO = "yahoo"
    TIINGO = "tiingo"
    ALPACA = "alpaca"
    FILES = "files"
    SAMPLE = "sample"


@dataclass(frozen=True)
class SourceChoice:
    """One source that is set.  folder: of the files, None for the others."""

    kind: DataSource
    folder: Path | None = None

    def __str__(self) -> str:
        return f"{self.kind}:{self.folder}" if self.folder else str(self.kind)


def read_sources(value: object) -> object:
    """Read `yahoo,files:DIR`; ValueError says what is wrong with it.  What is no text is left as it is.

    >>> [str(each) for each in read_sources("Yahoo, files:our prices")]
    ['yahoo', 'files:our prices']
    """
    if not isinstance(value, str):
        return value
    chosen = tuple(_source(word.strip()) for word in value.split(","))
    kinds = [each.kind for each in chosen]
    if twice := next((kind for kind in kinds if kinds.count(kind) > 1), None):
        raise ValueError(f"{twice} is named twice")
    if DataSource.SAMPLE in kinds and len(kinds) > 1:
        raise ValueError("sample stands alone: simulated prices never take the place of real ones")
    return chosen


def _source(word: str) -> SourceChoice:
    name, colon, folder = word.partition(":")
    try:
        kind = DataSource(name.strip().lower())
    except ValueError:
        kinds = ", ".join(f"{each}:DIR" if each is DataSource.FILES else each for each in DataSource)
        raise ValueError(f"{name.strip() or 'nothing'} is no source; there are {kinds}") from None
    if bool(folder.strip()) != (kind is DataSource.FILES) or (colon and not folder.strip()):
        raise ValueError(f"write {kind}:DIR" if kind is DataSource.FILES else f"{kind} takes no folder")
    return SourceChoice(kind, Path(folder.strip()).expanduser() if folder else None)


class Transport(StrEnum):
    """How Slack reaches the bot."""

    SOCKET = "socket"
    HTTP = "http"


class ListSource(StrEnum):
    """Who may be asked for whole lists of holdings."""

    SSGA = "ssga"
    SEC = "sec"


class Role(StrEnum):
    """What a process does; any number of each may run beside one PostgreSQL."""

    ALL = "all"
    WEB = "web"
    WORKER = "worker"


class LogFormat(StrEnum):
    """What log lines look like."""

    TEXT = "text"
    JSON = "json"


class Changers(StrEnum):
    """Who may edit, pause and delete a rule, and change and stop a daily post."""

    AUTHORS = "authors"
    EVERYONE = "everyone"


SECRETS = "/run/secrets"
"""Where a container's secrets are mounted."""


def _lower_case(value: object) -> object:
    return value.strip().lower() if isinstance(value, str) else value


def _words(value: object) -> object:
    if not isinstance(value, str):
        return value
    return tuple(word.strip().lower() for word in value.split(",") if word.strip())


class Settings(BaseSettings):
    """One field a setting; the description is what docs/reference.md and `watchpoint doctor` print."""

    model_config = SettingsConfigDict(env_prefix="WATCHPOINT_", env_ignore_empty=True, extra="ignore")

    data: Annotated[tuple[SourceChoice, ...], NoDecode, BeforeValidator(read_sources)] = Field(
        (SourceChoice(DataSource.YAHOO),),
        description="Where prices come from, in order of trust: any of `yahoo`, `tiingo`, `alpaca` "
        "and `files:DIR`, with commas between, or `sample` alone (simulated, says so).",
    )
    tiingo_token: SecretStr | None = Field(None, description="Tiingo's API token, for `tiingo`.")
    tiingo_hourly: int = Field(
        50,
        ge=1,
        le=100_000,
        description="Requests an hour that the Tiingo plan allows.",
    )
    tiingo_url: AnyHttpUrl = Field(AnyHttpUrl("https://api.tiingo.com/"), description="Base URL of Tiingo.")
    alpaca_key: SecretStr | None = Field(None, description="Alpaca's API key id, for `alpaca`.")
    alpaca_secret: SecretStr | None = Field(None, description="Alpaca's API secret key.")
    alpaca_minutely: int = Field(
        200,
        ge=1,
        le=100_000,
        description="Requests a minute that the Alpaca plan allows.",
    )
    alpaca_url: AnyHttpUrl = Field(
        AnyHttpUrl("https://data.alpaca.markets/"), description="Base URL of Alpaca's market data."
    )
    holdings: Path | None = Field(
        None,
        description="Folder with whole lists of what funds hold, as issuers and the SEC publish them; else "
        "only the largest positions that the source of prices tells are known.",
    )
    holdings_fetch: Annotated[tuple[ListSource, ...], NoDecode, BeforeValidator(_words)] = Field(
        (),
        description="Who is asked for such lists as well, once a day and in your name: any of `ssga` (State "
        "Street's own funds) and `sec` (Form N-PORT), with commas between; needs `WATCHPOINT_CONTACT`.",
    )
    contact: str = Field(
        "",
        pattern=r"^[ -~]{0,100}$",
        description="An e-mail address of yours, which those who are asked want to see in every request.",
    )
    home: Path = Field(
        default_factory=lambda: Path(platformdirs.user_data_dir("watchpoint")),
        description="Folder of the cache and of everything else the bot keeps.",
    )
    database_url: SecretStr | None = Field(
        None,
        validation_alias="DATABASE_URL",
        description="Where rules, digests and the outbox are kept: `postgresql://…` or `sqlite:///…`; "
        "else a SQLite file in the home folder.",
    )
    calendar: str = Field(
        "XNYS",
        pattern="^[A-Za-z0-9_/]{2,20}$",
        description="Exchange after whose sessions the daily post is made, by its code in "
        "exchange_calendars; prices count by the sessions of each symbol's own exchange.",
    )
    data_deadline: float = Field(
        6.0,
        gt=0,
        le=48,
        description="Hours after a session has settled that its prices are waited for; then it is decided "
        "without them.",
    )
    changers: Annotated[Changers, BeforeValidator(_lower_case)] = Field(
        Changers.AUTHORS,
        description="Who may edit, pause and delete a rule, and change a daily post or switch it off: "
        "`authors` (who has set it, and workspace admins) or `everyone`.",
    )
    thread_days: int = Field(
        90, ge=1, le=3650, description="Days for which the bot remembers what a thread is about."
    )
    questions_per_person: int = Field(
        3, ge=0, le=1000, description="Questions that one person may have open at once; `0`: any number."
    )
    questions_per_channel: int = Field(
        10, ge=0, le=1000, description="Questions that may be open at once in one channel; `0`: any number."
    )
    questions_per_workspace: int = Field(
        30, ge=0, le=1000, description="Questions that one workspace may have open at once; `0`: any number."
    )
    transport: Annotated[Transport, BeforeValidator(_lower_case)] = Field(
        Transport.SOCKET, description="How Slack reaches the bot: `socket` (Socket Mode) or `http`."
    )
    host: str = Field(
        "127.0.0.1",
        description="Address of `/healthz`, `/readyz` and `/metrics`, and of `/slack/events` with the HTTP "
        "transport.",
    )
    port: int = Field(3000, ge=0, le=65535, description="Port of the same; `0` picks a free one.")
    connections: int = Field(
        512,
        ge=16,
        le=65536,
        description="Connections to that port at once, 256 fewer than the process may open files at most; "
        "the one that waits longest for its peer then gives way to a new one.",
    )
    keep_alive: int = Field(
        5,
        ge=1,
        le=3600,
        description="Seconds that a connection is kept after a signed request; more than a proxy before it "
        "keeps its own.",
    )
    log_level: str = Field("INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$", description="How much is logged.")
    log_format: Annotated[LogFormat, BeforeValidator(_lower_case)] = Field(
        LogFormat.TEXT, description="Log lines for people (`text`) or one JSON object a line (`json`)."
    )
    slack_bot_token: SecretStr | None = Field(
        None, validation_alias="SLACK_BOT_TOKEN", description="Bot token, begins with `xoxb-`."
    )
    slack_app_token: SecretStr | None = Field(
        None,
        validation_alias="SLACK_APP_TOKEN",
        description="App token (Socket Mode), begins with `xapp-`.",
    )
    slack_signing_secret: SecretStr | None = Field(
        None, validation_alias="SLACK_SIGNING_SECRET", description="Signing secret, for the HTTP transport."
    )
    slack_api_url: AnyHttpUrl = Field(
        AnyHttpUrl("https://slack.com/api/"),
        validation_alias="SLACK_API_URL",
        description="Base URL of Slack's Web API (GovSlack uses another host).",
    )


def load(**overrides: object) -> Settings:
    """Read the settings: `overrides` (from the command line), the environment, then mounted secrets.

    A secret is a file named like the variable, in small letters, in the folder that systemd names
    (LoadCredential=) or in /run/secrets (compose).

    Raises UserError that lists every setting that is wrong, how it was read and what it may be.
    """
    given = {name: value for name, value in overrides.items() if value is not None}
    try:
        return Settings(_secrets_dir=_secret_folders(), **given)  # type: ignore[call-arg,arg-type]
    except ValidationError as fault:
        raise UserError(*(_complaint(dict(error)) for error in fault.errors())) from None


def _secret_folders() -> list[Path]:
    folders = (os.environ.get("CREDENTIALS_DIRECTORY"), SECRETS)
    return [Path(folder) for folder in folders if folder and Path(folder).is_dir()]


def environment_name(field: str) -> str:
    """Return the environment variable that sets a field, e.g. `data` -> `WATCHPOINT_DATA`."""
    alias = Settings.model_fields[field].validation_alias
    return alias if isinstance(alias, str) else f"WATCHPOINT_{field.upper()}"


def has_screen() -> bool:
    """Return whether a browser that is opened would be seen: not on a server, over a bare terminal or in
    CI.
    """
    if os.environ.get("CI"):
        return False
    if sys.platform in ("darwin", "win32"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


_HIDDEN = ("TOKEN", "SECRET", "KEY", "DATABASE")
"""In names of settings whose values are never printed."""


def _complaint(error: dict[str, object]) -> str:
    where = error["loc"]
    field = str(where[0]) if isinstance(where, tuple) and where else "settings"
    name = environment_name(field) if field in Settings.model_fields else field
    value = "(hidden)" if any(word in name for word in _HIDDEN) else repr(error.get("input"))
    said = str(error["msg"]).removeprefix("Value error, ")
    return f"{name}: {value} was given. {said}."
