"""A PostgreSQL server of our own, which can be crashed."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

OWNER = "postgres"
"""PostgreSQL refuses to run as root."""


@dataclass(frozen=True)
class Cluster:
    """A running server.  programs: the folder of its programs."""

    programs: Path
    data: Path
    port: int

    @property
    def address(self) -> str:
        """Of its only database."""
        return f"postgresql+psycopg://{OWNER}@127.0.0.1:{self.port}/postgres"

    def crash(self) -> None:
        """Every process of it ends at once, as in a crash, and it starts again and recovers."""
        self._control("restart", "-m", "immediate")

    def start(self) -> None:
        """For the first time."""
        ours = f"-p {self.port} -k {self.data} -c listen_addresses=127.0.0.1"
        self._control("start", "-o", ours)

    def stop(self) -> None:
        """For good."""
        self._control("stop", "-m", "immediate")

    def _control(self, what: str, *more: str) -> None:
        log = self.data.parent / "log"
        run(self.programs / "pg_ctl", what, "-w", "-s", "-D", self.data, "-l", log, *more)


def run(program: Path, *arguments: str | Path) -> None:
    """A program of the server's, as its owner."""
    subprocess.run([program, *arguments], check=True, user=OWNER, cwd="/", stdout=subprocess.DEVNULL)


def programs() -> Path | None:
    """Where the server's programs are; None where a server of our own cannot be started."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found and os.geteuid() == 0 else None


@contextmanager
def own_cluster() -> Iterator[Cluster]:
    """A fresh server on a free port until the block ends."""
    place = programs()
    assert place, "there is no initdb, or we are not root"
    folder = Path(tempfile.mkdtemp(prefix="reliability-server-"))
    shutil.chown(folder, OWNER)
    cluster = Cluster(place, folder / "data", _free_port())
    run(place / "initdb", "-D", cluster.data, "-U", OWNER, "-A", "trust", "--no-sync")
    cluster.start()
    try:
        yield cluster
    finally:
        cluster.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port: int = listening.getsockname()[1]
        return port
