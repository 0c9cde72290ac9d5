"""Files by symbol: whole or absent, for any symbol, and remembered only while they are the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bot.market import disk_store
from bot.market.disk_store import PRICES, PROFILES, Codec, DiskStore
from tests.unit.bot.market.test_codec import PROFILE, prices

HOSTILE = ["^IRX", "../../escape", "/etc/passwd", "..", ".", "", "A B", "a\0b", "CON", "*", "\ud800", "é"]


def upper(data: bytes) -> str:
    """Reads only what `str.encode` has written in capitals."""
    if not data.isupper():
        raise ValueError("not a value")
    return data.decode()


TEXT = Codec(str.encode, upper)


@pytest.fixture
def texts(tmp_path: Path) -> DiskStore[str]:
    return DiskStore(tmp_path / "cache", "text", TEXT)


def again(texts: DiskStore[str]) -> DiskStore[str]:
    """The same shelf in another process."""
    return DiskStore(texts.path("X").parent, "text", TEXT)


def test_what_was_written_is_read_by_another_process(texts: DiskStore[str]) -> None:
    texts.write("ISCB", "ONE")
    assert texts.read("ISCB") == again(texts).read("ISCB") == "ONE"
    assert texts.read("SPSM") is None


def test_a_later_value_replaces_the_earlier_one_for_all(texts: DiskStore[str]) -> None:
    other = again(texts)
    texts.write("ISCB", "ONE")
    assert other.read("ISCB") == "ONE"
    texts.write("ISCB", "TWO")
    assert other.get_remembered("ISCB") is None  # the file has changed since
    assert other.read("ISCB") == "TWO"


def test_memory_saves_the_reading(texts: DiskStore[str], monkeypatch: pytest.MonkeyPatch) -> None:
    texts.write("ISCB", "ONE")
    monkeypatch.setattr(Path, "read_bytes", lambda path: pytest.fail(f"{path} was read"))
    assert texts.get_remembered("ISCB") == texts.read("ISCB") == "ONE"


def test_a_deleted_file_is_forgotten(texts: DiskStore[str]) -> None:
    texts.write("ISCB", "ONE")
    texts.path("ISCB").unlink()
    assert texts.read("ISCB") is None


@pytest.mark.parametrize("torn", [b"", b"garbage", b"\x00" * 100])
def test_a_file_that_cannot_be_read_is_as_good_as_absent(
    texts: DiskStore[str], torn: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    texts.write("ISCB", "ONE")
    texts.path("ISCB").write_bytes(torn)
    assert texts.read("ISCB") is None
    assert texts.read("ISCB") is None
    assert caplog.text.count("cannot be read and is ignored") == 1  # once, however often it is asked for
    assert "Traceback" not in caplog.text
    texts.write("ISCB", "TWO")
    assert again(texts).read("ISCB") == "TWO"


@pytest.mark.parametrize("symbol", HOSTILE)
def test_any_symbol_makes_one_file_inside_the_folder(texts: DiskStore[str], symbol: str) -> None:
    texts.write(symbol, "ONE")
    assert again(texts).read(symbol) == "ONE"
    folder = texts.path("X").parent
    assert [path.parent for path in folder.parent.rglob("*") if path.is_file()] == [folder]


def test_hostile_symbols_do_not_share_a_file(texts: DiskStore[str]) -> None:
    assert len({texts.path(symbol).name.lower() for symbol in HOSTILE}) == len(HOSTILE)


def test_a_name_too_long_is_kept_in_memory(texts: DiskStore[str], caplog: pytest.LogCaptureFixture) -> None:
    texts.write("A" * 5000, "ONE")
    assert texts.read("A" * 5000) == "ONE"
    assert "cannot be written" in caplog.text


def test_a_disk_that_refuses_leaves_the_newest_value_in_memory(
    texts: DiskStore[str], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    texts.write("ISCB", "ONE")

    def full(source: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    texts.write("ISCB", "TWO")
    assert texts.read("ISCB") == "TWO"
    assert again(texts).read("ISCB") == "ONE"
    left = [path.name for path in texts.path("X").parent.iterdir()]
    assert left == ["text-ISCB"]  # nothing half-written is left
    assert "No space left" in caplog.text


def test_memory_is_bounded_and_the_least_used_goes_first(
    texts: DiskStore[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disk_store, "REMEMBERED", 2)
    for symbol in ("A", "B", "C"):
        texts.write(symbol, "ONE")
    assert [texts.get_remembered(symbol) for symbol in ("A", "B", "C")] == [None, "ONE", "ONE"]
    assert texts.read("A") == "ONE"


SEALED: dict[str, tuple[Codec[Any], Any]] = {
    "prices": (PRICES, prices(4)),
    "profile": (PROFILES, PROFILE),
}
"""An entry of every kind that the cache keeps."""


@pytest.mark.parametrize("kind", SEALED)
def test_an_entry_of_which_one_byte_is_another_is_never_served(tmp_path: Path, kind: str) -> None:
    codec, entry = SEALED[kind]
    disk_store = DiskStore[Any](tmp_path, kind, codec)
    disk_store.write("ISCB", entry)
    whole = disk_store.path("ISCB").read_bytes()
    served = []
    for at, byte in enumerate(whole):
        # Another digit is a figure that decodes: the change that no reader but a checksum would notice.
        is_digit = byte in b"0123456789"
        if at % 5 and not is_digit:
            continue
        other = b"0123456789"[(byte - 47) % 10] if is_digit else byte ^ (1 << at % 8)
        disk_store.path("ISCB").write_bytes(whole[:at] + bytes([other]) + whole[at + 1 :])
        if DiskStore[Any](tmp_path, kind, codec).read("ISCB") is not None:
            served.append(at)
    assert served == []
    disk_store.path("ISCB").write_bytes(whole)
    assert DiskStore[Any](tmp_path, kind, codec).read("ISCB") is not None


@pytest.mark.parametrize("kind", SEALED)
def test_an_entry_that_was_cut_lengthened_or_moved_is_never_served(tmp_path: Path, kind: str) -> None:
    codec, entry = SEALED[kind]
    disk_store = DiskStore[Any](tmp_path, kind, codec)
    disk_store.write("ISCB", entry)
    whole = disk_store.path("ISCB").read_bytes()
    for other in (whole[:-1], whole[1:], whole[: len(whole) // 2], whole + b"\0", whole + whole, whole[:32]):
        disk_store.path("ISCB").write_bytes(other)
        assert DiskStore[Any](tmp_path, kind, codec).read("ISCB") is None
    disk_store.path("SPSM").write_bytes(whole)
    assert disk_store.read("SPSM") is None
    elsewhere = DiskStore[Any](tmp_path / "another-source", kind, codec)
    elsewhere.path("ISCB").parent.mkdir()
    elsewhere.path("ISCB").write_bytes(whole)
    assert elsewhere.read("ISCB") is None


def test_an_entry_of_another_version_is_never_served(texts: DiskStore[str]) -> None:
    later = DiskStore(
        texts.path("X").parent, "text", Codec(lambda value: value.lower().encode(), bytes.decode)
    )
    later.write("ISCB", "ONE")
    assert texts.read("ISCB") is None


def test_a_folder_in_the_place_of_an_entry_costs_the_disk_not_the_answer(
    texts: DiskStore[str], caplog: pytest.LogCaptureFixture
) -> None:
    texts.path("ISCB").mkdir(parents=True)
    assert texts.read("ISCB") is None
    texts.write("ISCB", "ONE")
    assert texts.read("ISCB") == "ONE"
    assert again(texts).read("ISCB") is None
    assert "Traceback" not in caplog.text


def test_an_entry_that_may_not_be_read_is_replaced(
    texts: DiskStore[str], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    texts.write("ISCB", "ONE")
    other = again(texts)
    with monkeypatch.context() as patch:

        def refused(path: Path) -> bytes:  # root may read whatever the file's mode says
            raise PermissionError(13, "Permission denied", str(path))

        patch.setattr(Path, "read_bytes", refused)
        assert other.read("ISCB") is None
    assert "Permission denied" in caplog.text
    other.write("ISCB", "TWO")
    assert again(texts).read("ISCB") == "TWO"
