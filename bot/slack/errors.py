"""What Slack's errors mean: those of its API and of the network are classified here and nowhere else."""

from __future__ import annotations

from collections.abc import Awaitable, Iterator, Mapping
from contextlib import contextmanager
from enum import Enum
from math import isnan
from typing import Any, TypeVar

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.errors import Undelivered, Verdict

Answer = TypeVar("Answer")


class FaultKind(Enum):
    """What to do about a fault."""

    RATE = "asked too often: wait as long as Slack says, then again"
    PICTURE = "a picture is not ready yet: wait a little, then again"
    FILES = "pictures may not be shown there: send none"
    BLOCKS = "a block is refused: send a plainer form"
    CHANNEL = "the bot may not post there: answer elsewhere"
    SETUP = "token or scope: nothing helps until somebody changes the app's settings"
    BUSY = "nothing was done: again later"
    REFUSED = "nothing was done, for a reason that is not in the table"
    DOUBT = "it may have been done: not again"


_CODES = {
    FaultKind.RATE: "ratelimited rate_limited",
    FaultKind.FILES: """
        file_not_found file_share_limit_reached max_file_sharing_exceeded missing_file_data
        posting_to_channel_denied posting_to_general_channel_denied unable_to_share_files
        slack_connect_blocked_file_type slack_connect_file_link_sharing_blocked
        slack_connect_file_upload_sharing_blocked
        """,
    FaultKind.BLOCKS: """
        invalid_blocks invalid_blocks_format msg_blocks_too_long msg_too_long no_text view_too_large
        """,
    FaultKind.CHANNEL: """
        not_in_channel channel_not_found no_permission is_archived user_not_in_channel user_not_found
        thread_not_found
        restricted_action restricted_action_read_only_channel restricted_action_thread_only_channel
        restricted_action_non_threadable_channel restricted_action_thread_locked thread_locked
        cannot_reply_to_message cannot_dm_bot messages_tab_disabled ekm_access_denied
        used_url expired_url
        """,
    FaultKind.SETUP: """
        invalid_auth not_authed account_inactive token_revoked token_expired not_allowed_token_type
        missing_scope access_denied app_access_restricted team_access_not_granted
        org_login_required two_factor_setup_required enterprise_is_restricted
        deprecated_endpoint method_deprecated message_limit_exceeded not_enabled
        """,
    FaultKind.BUSY: "service_unavailable request_timeout team_added_to_org accesslimited",
    FaultKind.DOUBT: "internal_error fatal_error",
}
NOT_A_MEMBER = frozenset({"not_in_channel", "channel_not_found", "no_permission"})
"""Slack's words where the bot is no member of a channel: an invitation helps."""
TOO_LATE = frozenset({"expired_trigger_id", "exchanged_trigger_id"})
"""Slack's words where a press opens no form any more: pressing again helps."""
_KINDS = {code: kind for kind, codes in _CODES.items() for code in codes.split()}

_VERDICTS = {
    FaultKind.RATE: Verdict.LATER,
    FaultKind.PICTURE: Verdict.REFUSED,
    FaultKind.FILES: Verdict.REFUSED,
    FaultKind.BLOCKS: Verdict.REFUSED,
    FaultKind.CHANNEL: Verdict.CLOSED,
    FaultKind.SETUP: Verdict.SETUP,
    FaultKind.BUSY: Verdict.LATER,
    # A word that nobody has seen may pass: what is dropped for it is lost, what is tried again is not.
    FaultKind.REFUSED: Verdict.LATER,
    FaultKind.DOUBT: Verdict.DOUBT,
}
_VERDICTS_BY_CODE = {
    # The thread or the message is what is wrong, not the channel; the same again would be refused again.
    Verdict.REFUSED: """
        thread_not_found thread_locked cannot_reply_to_message invalid_thread_ts
        restricted_action_non_threadable_channel restricted_action_thread_locked
        message_not_found cant_update_message edit_window_closed is_inactive block_mismatch
        no_dual_broadcast_content_update message_not_owned_by_app used_url expired_url
        metadata_too_large metadata_must_be_sent_from_app invalid_metadata_format invalid_metadata_schema
        invalid_arguments invalid_arg_name invalid_array_arg invalid_charset invalid_form_data invalid_json
        json_not_object invalid_post_type missing_post_type markdown_text_conflict
        """,
    # The channel takes no post of ours at all, with or without pictures.
    Verdict.CLOSED: "posting_to_channel_denied posting_to_general_channel_denied channel_type_not_supported",
    # Administrators have suspended all posting: that ends without anybody touching the channel.
    Verdict.SETUP: "ekm_access_denied",
}
_OWN_VERDICT = {code: verdict for verdict, codes in _VERDICTS_BY_CODE.items() for code in codes.split()}
_PERMANENT = frozenset({FaultKind.CHANNEL, FaultKind.SETUP, FaultKind.BLOCKS})
LEAST_WAIT, MOST_WAIT = 1.0, 900.0
"""Seconds that are waited at least and at most because Slack says so; it counts its limits by the minute."""
_NEVER_SENT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL)


class SlackFault(Undelivered):
    """Slack refused or did not answer.

    code: Slack's word for it, "" where the way to Slack failed.
    detail: what Slack says beside the code, for the log and for `doctor`.
    verdict: where it is not the one that kind and code have in general.
    """

    def __init__(
        self,
        kind: FaultKind,
        code: str,
        cause: str,
        *,
        detail: str = "",
        retry_after: float | None = None,
        verdict: Verdict | None = None,
    ) -> None:
        self.kind, self.code = kind, code
        self.verdict = verdict or _OWN_VERDICT.get(code) or _VERDICTS[kind]
        super().__init__("Slack", cause, permanent=kind in _PERMANENT, retry_after=retry_after, detail=detail)


@contextmanager
def slack_faults() -> Iterator[None]:
    """Turn the failure of a call into the SlackFault that says what it means."""
    try:
        yield
    except SlackApiError as error:
        raise fault_of_answer(*_answer(error.response)) from error
    except _NEVER_SENT as error:
        raise SlackFault(FaultKind.BUSY, "", f"no connection ({type(error).__name__})") from error
    except (aiohttp.ClientError, OSError, TimeoutError, SlackClientError, AttributeError) as error:
        # AttributeError: the SDK trips over a 200 that carries plain text, as a proxy's error page does.
        raise _doubtful_fault(type(error).__name__) from error


async def call_slack(call: Awaitable[Answer]) -> Answer:
    """Await one call and return its answer; raises the SlackFault that says what its failure means."""
    with slack_faults():
        return await call


def fault_of_answer(status: int, headers: Mapping[str, str], body: Mapping[str, Any]) -> SlackFault:
    """Return what a refusal means; `body` is empty where Slack's answer was no JSON object."""
    code = str(body.get("error") or "")
    detail = "; ".join([*_details(body), *_scopes(body)])
    if status == 429 or _KINDS.get(code) is FaultKind.RATE:
        wait = _seconds(headers.get("Retry-After"))
        return SlackFault(FaultKind.RATE, code or "ratelimited", "too many messages", retry_after=wait)
    if not code:
        return _doubtful_fault(f"status {status}")
    if "slack file" in detail.lower().replace("_", " ") and code == "invalid_blocks":
        return SlackFault(FaultKind.PICTURE, code, "an uploaded picture is not ready", detail=detail)
    kind = _KINDS.get(code, FaultKind.DOUBT if status >= 500 else FaultKind.REFUSED)
    if kind is FaultKind.DOUBT:
        return _doubtful_fault(code)
    return SlackFault(kind, code, f"{code} ({detail})" if detail else code, detail=detail)


def _doubtful_fault(cause: str) -> SlackFault:
    return SlackFault(FaultKind.DOUBT, "", f"the message was cut off ({cause}) and may have arrived")


def _answer(response: Any) -> tuple[int, Mapping[str, str], Mapping[str, Any]]:
    """Read status, headers and JSON of a failed call; the SDK hands over its own response, or aiohttp's."""
    data = getattr(response, "data", None)
    status = getattr(response, "status_code", 0) or getattr(response, "status", 0)
    headers: Mapping[str, str] = getattr(response, "headers", {})
    return status, headers, data if isinstance(data, dict) else {}


def _details(body: Mapping[str, Any]) -> list[str]:
    metadata = body.get("response_metadata")
    messages = metadata.get("messages") if isinstance(metadata, dict) else None
    lists = (found for found in (body.get("errors"), messages) if isinstance(found, list))
    return list(dict.fromkeys(str(each).removeprefix("[ERROR] ") for found in lists for each in found))


def _scopes(body: Mapping[str, Any]) -> list[str]:
    return [f"needs the scope {body['needed']}"] if body.get("needed") else []


def _seconds(value: str | None) -> float:
    """Return what Slack's header asks for, within bounds: nobody may park a notice for years."""
    try:
        asked_for = float(value or LEAST_WAIT)
    except ValueError:
        return LEAST_WAIT
    return LEAST_WAIT if isnan(asked_for) else min(max(asked_for, LEAST_WAIT), MOST_WAIT)
