"""Other web pages, and other names for this machine, are kept away."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.playground.page.handlers import POLICY
from bot.playground.storage import ANN, PORTFOLIO
from tests.fakes.slack_clock import SleptClock
from tests.integration.playground.page.serving import Stand, standing

SAY = f"/as/{ANN}/{PORTFOLIO}/say"
PAGE = f"/as/{ANN}/{PORTFOLIO}"


@pytest.fixture
async def stand() -> AsyncIterator[Stand]:
    async with standing(SleptClock()) as stand:
        yield stand


def said(stand: Stand) -> list[str]:
    return [message.text for message in stand.slack.workspace.history(PORTFOLIO, ANN)]


@pytest.mark.parametrize("origin", ["https://evil.org", "null", "http://127.0.0.1:1", "http://localhost"])
async def test_a_form_of_another_page_does_nothing(stand: Stand, origin: str) -> None:
    before = said(stand)
    answer = await stand.post(SAY, origin=origin, text="/compare ISCB SPSM")
    assert answer.status == 403
    assert said(stand) == before
    assert stand.line.sent == []


async def test_a_form_without_an_origin_does_nothing(stand: Stand) -> None:
    async with stand.session.post(f"{stand.base}{SAY}", data={"text": "hello"}) as answer:
        assert answer.status == 403
        assert "without an Origin" in await answer.text()
    assert "hello" not in said(stand)


async def test_the_pages_own_form_does(stand: Stand) -> None:
    answer = await stand.post(SAY, text="hello", back=PAGE)
    assert (answer.status, answer.headers["Location"]) == (303, PAGE)
    assert said(stand)[-1] == "hello"


@pytest.mark.parametrize(
    "host", ["evil.org", "evil.org:80", "127.0.0.1.evil.org", "[::1]:80", "", "[", "0.0.0.0"]
)
async def test_another_name_for_this_machine_is_refused(stand: Stand, host: str) -> None:
    for path in ("/", PAGE, "/static/page.js", "/files/F1", f"/as/{ANN}/events"):
        status, page = await stand.get(path, Host=host)
        assert status == 403
        assert "127.0.0.1 and localhost only" in page.text
    headers = {"Host": host, "Origin": f"http://{host}"}
    async with stand.session.post(f"{stand.base}{SAY}", data={"text": "hello"}, headers=headers) as answer:
        assert answer.status == 403
    assert "hello" not in said(stand)


async def test_localhost_is_one_of_its_names(stand: Stand) -> None:
    port = stand.base.rpartition(":")[2]
    status, _ = await stand.get(PAGE, Host=f"localhost:{port}")
    assert status == 200
    headers = {"Host": f"localhost:{port}", "Origin": f"http://localhost:{port}"}
    async with stand.session.post(
        f"{stand.base}{SAY}", data={"text": "hello"}, headers=headers, allow_redirects=False
    ) as answer:
        assert answer.status == 303


async def test_every_answer_has_the_policy(stand: Stand) -> None:
    for path in (
        PAGE,
        "/static/page.js",
        "/static/nothing.js",
        "/files/F1",
        "/as/U0NOBODY/home",
        f"{PAGE}?part=log",
    ):
        async with stand.session.get(f"{stand.base}{path}") as answer:
            assert answer.headers["Content-Security-Policy"] == POLICY
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "unsafe" not in POLICY
    assert "default-src 'none'" in POLICY


async def test_the_way_back_never_leaves_the_page(stand: Stand) -> None:
    for back in (
        "https://evil.org",
        "//evil.org",
        "/\\evil.org",
        "javascript:alert(1)",
        "/as/x\r\nSet-Cookie: a=b",
    ):
        answer = await stand.post(SAY, text="hello", back=back)
        assert answer.headers["Location"] == "/"
        assert "Set-Cookie" not in answer.headers
