"""Files that other processes may read while they are written: they see the old one or the new one, whole."""

from __future__ import annotations

import tempfile
from pathlib import Path


def replace(path: Path, content: bytes) -> None:
    """Write a file beside `path` and move it into place; raises OSError and leaves nothing behind."""
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as beside:
        try:
            beside.write(content)
            beside.close()
            Path(beside.name).replace(path)
        except BaseException:
            Path(beside.name).unlink(missing_ok=True)
            raise
