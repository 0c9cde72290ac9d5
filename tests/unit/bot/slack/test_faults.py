"""Each refusal means one thing; what nobody can know is never called a refusal."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError, SlackRequestError

from bot.errors import Unavailable, Undelivered, Verdict
from bot.slack.errors import FaultKind, SlackFault, call_slack, fault_of_answer

NOT_READY = {
    "ok": False,
    "error": "invalid_blocks",
    "errors": ["invalid slack file [json-pointer:/blocks/2/slack_file]"],
    "response_metadata": {"messages": ["[ERROR] invalid slack file [json-pointer:/blocks/2/slack_file]"]},
}
EMPTY_CELL = {
    "ok": False,
    "error": "invalid_blocks",
    "response_metadata": {"messages": ["[ERROR] must be more than 0 characters [json-pointer:/blocks/1]"]},
}


def refused(code: str) -> dict[str, Any]:
    return {"ok": False, "error": code}


@pytest.mark.parametrize(
    ("status", "body", "kind", "permanent"),
    [
        (200, NOT_READY, FaultKind.PICTURE, False),
        (200, EMPTY_CELL, FaultKind.BLOCKS, True),
        (200, refused("msg_blocks_too_long"), FaultKind.BLOCKS, True),
        (200, refused("not_in_channel"), FaultKind.CHANNEL, True),
        (200, refused("channel_not_found"), FaultKind.CHANNEL, True),
        (200, refused("no_permission"), FaultKind.CHANNEL, True),
        (200, refused("restricted_action_read_only_channel"), FaultKind.CHANNEL, True),
        (200, refused("slack_connect_file_link_sharing_blocked"), FaultKind.FILES, False),
        (200, refused("invalid_auth"), FaultKind.SETUP, True),
        (200, refused("missing_scope"), FaultKind.SETUP, True),
        (200, refused("ratelimited"), FaultKind.RATE, False),
        (429, {}, FaultKind.RATE, False),
        (200, refused("service_unavailable"), FaultKind.BUSY, False),
        (200, refused("internal_error"), FaultKind.DOUBT, False),
        (500, {}, FaultKind.DOUBT, False),
        (503, refused("some_new_word"), FaultKind.DOUBT, False),
        (200, {}, FaultKind.DOUBT, False),
        (200, refused("some_new_word"), FaultKind.REFUSED, False),
    ],
)
def test_what_an_answer_means(status: int, body: dict[str, Any], kind: FaultKind, permanent: bool) -> None:
    fault = fault_of_answer(status, {}, body)
    assert (fault.kind, fault.permanent) == (kind, permanent)


@pytest.mark.parametrize(
    ("status", "body", "verdict"),
    [
        (429, {}, Verdict.LATER),
        (200, refused("service_unavailable"), Verdict.LATER),
        (200, refused("team_added_to_org"), Verdict.LATER),
        (200, refused("not_in_channel"), Verdict.CLOSED),
        (200, refused("channel_not_found"), Verdict.CLOSED),
        (200, refused("no_permission"), Verdict.CLOSED),
        (200, refused("is_archived"), Verdict.CLOSED),
        (200, refused("restricted_action_read_only_channel"), Verdict.CLOSED),
        (200, refused("posting_to_channel_denied"), Verdict.CLOSED),
        (200, refused("messages_tab_disabled"), Verdict.CLOSED),
        (200, refused("token_revoked"), Verdict.SETUP),
        (200, refused("account_inactive"), Verdict.SETUP),
        (200, refused("missing_scope"), Verdict.SETUP),
        (200, refused("ekm_access_denied"), Verdict.SETUP),
        (200, refused("invalid_blocks"), Verdict.REFUSED),
        (200, refused("msg_too_long"), Verdict.REFUSED),
        (200, NOT_READY, Verdict.REFUSED),
        (200, refused("unable_to_share_files"), Verdict.REFUSED),
        (200, refused("thread_not_found"), Verdict.REFUSED),
        (200, refused("message_not_found"), Verdict.REFUSED),
        (200, refused("cant_update_message"), Verdict.REFUSED),
        (200, refused("metadata_too_large"), Verdict.REFUSED),
        (200, refused("internal_error"), Verdict.DOUBT),
        (200, refused("fatal_error"), Verdict.DOUBT),
        (502, {}, Verdict.DOUBT),
        (200, {}, Verdict.DOUBT),
        (503, refused("some_new_word"), Verdict.DOUBT),
    ],
)
def test_what_becomes_of_the_message(status: int, body: dict[str, Any], verdict: Verdict) -> None:
    fault = fault_of_answer(status, {}, body)
    assert isinstance(fault, Undelivered)
    assert fault.verdict is verdict


def test_a_word_that_nobody_has_seen_never_loses_a_message() -> None:
    fault = fault_of_answer(200, {}, refused("some_new_word"))
    assert (fault.verdict, fault.code) == (Verdict.LATER, "some_new_word")


def test_the_verdict_can_be_told_by_who_knows_better() -> None:
    assert SlackFault(FaultKind.CHANNEL, "not_in_channel", "", verdict=Verdict.SETUP).verdict is Verdict.SETUP


async def test_a_connection_that_never_was_made_left_nothing_behind() -> None:
    with pytest.raises(SlackFault) as caught:
        await call_slack(failing(aiohttp.ConnectionTimeoutError()))
    assert caught.value.verdict is Verdict.LATER
    with pytest.raises(SlackFault) as caught:
        await call_slack(failing(aiohttp.ServerDisconnectedError()))
    assert caught.value.verdict is Verdict.DOUBT


def test_retry_after_is_read_and_a_missing_one_is_a_second() -> None:
    assert fault_of_answer(429, {"Retry-After": "30"}, {}).retry_after == 30.0
    assert fault_of_answer(429, {}, {}).retry_after == 1.0
    assert fault_of_answer(429, {"Retry-After": "soon"}, {}).retry_after == 1.0


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        *(("0", 1.0), ("-5", 1.0), ("", 1.0), ("nan", 1.0), ("-inf", 1.0)),
        *(("Fri, 16 Jan 2026 22:00:00 GMT", 1.0), ("900", 900.0), ("901", 900.0), ("1e9", 900.0)),
        *(("inf", 900.0), ("9" * 400, 900.0)),
    ],
)
def test_retry_after_is_kept_within_bounds(header: str, seconds: float) -> None:
    assert fault_of_answer(429, {"Retry-After": header}, {}).retry_after == seconds


def test_the_sentence_names_what_slack_said_and_what_to_do() -> None:
    needed = refused("missing_scope") | {"needed": "files:write"}
    sentence = str(fault_of_answer(200, {}, needed))
    assert "missing_scope (needs the scope files:write)" in sentence
    assert "watchpoint doctor" in sentence


def test_a_fault_is_an_unavailable_so_that_nobody_else_needs_to_know_slack() -> None:
    fault = fault_of_answer(429, {"Retry-After": "7"}, {})
    assert isinstance(fault, Unavailable)
    assert str(fault) == "Slack did not answer: too many messages. Try again in 7 s."


class Response:
    """What the SDK, or aiohttp in its place, hangs on an error."""

    def __init__(self, status: int, data: object) -> None:
        self.status_code, self.headers, self.data = status, {"Retry-After": "3"}, data


def api_error(status: int, data: object) -> Exception:
    return SlackApiError("", Response(status, data))  # type: ignore[no-untyped-call]


async def failing(error: Exception) -> str:
    raise error


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (api_error(200, refused("not_in_channel")), FaultKind.CHANNEL),
        (api_error(429, "too many"), FaultKind.RATE),
        (api_error(502, "<html>"), FaultKind.DOUBT),
        (SlackRequestError("no"), FaultKind.DOUBT),
        (TimeoutError(), FaultKind.DOUBT),
        (aiohttp.ServerDisconnectedError(), FaultKind.DOUBT),
        (ConnectionResetError(), FaultKind.DOUBT),
        (AttributeError("'str' object has no attribute 'get'"), FaultKind.DOUBT),
        (aiohttp.ConnectionTimeoutError(), FaultKind.BUSY),
        (aiohttp.InvalidURL("nowhere"), FaultKind.BUSY),
    ],
)
async def test_what_a_failed_call_means(error: Exception, kind: FaultKind) -> None:
    with pytest.raises(SlackFault) as caught:
        await call_slack(failing(error))
    assert caught.value.kind is kind
    assert caught.value.__cause__ is error


async def test_a_fault_and_an_answer_pass_through() -> None:
    async def answer() -> str:
        return "ok"

    assert await call_slack(answer()) == "ok"
    fault = fault_of_answer(200, {}, refused("is_archived"))
    with pytest.raises(SlackFault) as caught:
        await call_slack(failing(fault))
    assert caught.value is fault


async def test_a_bug_of_ours_is_not_mistaken_for_slack() -> None:
    with pytest.raises(KeyError):
        await call_slack(failing(KeyError("slot")))
