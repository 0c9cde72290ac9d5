"""Files that other processes may read while they are written: they see the old one or the new one, whole.

What a cache keeps is sealed: a checksum over its content and its name stands at its end, so that nothing that
was changed, cut or moved since is ever taken for an answer.
"""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path

_DIGEST = hashlib.sha256
_SIZE = _DIGEST().digest_size


def seal(name: str, content: bytes) -> bytes:
    """Give the content with its checksum behind it.  name: what it is the content of."""
    return content + _checksum(name, content)


def unseal(name: str, sealed: bytes) -> bytes:
    """Give the content that was sealed under a name; raises ValueError where a single bit of it differs."""
    content, checksum = sealed[:-_SIZE], sealed[-_SIZE:]
    if checksum != _checksum(name, content):
        raise ValueError("its checksum is not that of its content")
    return content


def _checksum(name: str, content: bytes) -> bytes:
    return _DIGEST(b"\0".join((_DIGEST(name.encode()).digest(), content))).digest()


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
