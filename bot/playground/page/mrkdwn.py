"""Slack's mrkdwn and rich_text as HTML."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from markupsafe import Markup, escape

from bot.playground.page.viewer import Viewer

MARK = "\0"
"""Stands for a piece that is already HTML while the rest is read; taken out of every text first."""
SAFE = frozenset({"http", "https", "mailto"})
BREAK = Markup("<br>")
_FENCE = re.compile(r"```\n?(.*?)\n?```", re.S)
_PIECE = re.compile(
    r"`(?P<code>[^`\n]+)`|<(?P<angle>[^<>\n]+)>"
    r"|(?P<bare>https?://(?:&amp;|[^\s<>`&])*[^\s<>`&.,;:!?)'\"*_~\]])"
)
_STYLES = {"*": Markup("b"), "_": Markup("i"), "~": Markup("s")}
_OPENING = re.compile("|".join(rf"(?<![\w{mark}])[{mark}](?=[^\s{mark}])" for mark in _STYLES))
_CLOSING = {mark: re.compile(rf"(?<![\s{mark}])[{mark}](?![\w{mark}])") for mark in _STYLES}
_LINED = re.compile("<br>|</?(?:pre|blockquote)>")
_QUOTED = re.compile(r"(?:&gt;|>) ?")
_QUOTED_TO_THE_END = re.compile(r"^(?:(?:&gt;){3}|>>>)\s?(.*)", re.S | re.M)
BROADCASTS = frozenset({"here", "channel", "everyone"})


def mrkdwn(text: str, viewer: Viewer) -> Markup:
    """Draw a whole text with its code blocks, quotes and lines."""
    parts = _FENCE.split(text.replace(MARK, ""))
    shown = [
        Markup("<pre>{}</pre>").format(unescape(part)) if index % 2 else _outside(part, index, parts, viewer)
        for index, part in enumerate(parts)
    ]
    return Markup().join(shown)


def plain_text(text: str, viewer: Viewer) -> str:
    """Return the same text in plain words, as notifications and screen readers have it."""
    parted = _LINED.sub(" ", mrkdwn(text, viewer))
    return Markup(parted).striptags()  # noqa: S704 - escaped already


def plain(text: str) -> Markup:
    """Draw a plain_text object: nothing in it means anything, but its lines are kept."""
    return BREAK.join(escape(line) for line in text.split("\n"))


def unescape(text: str) -> str:
    """Return what the person typed: Slack escapes three characters and no others."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def link(url: str, label: Markup | str, viewer: Viewer) -> Markup:
    """Draw a link to a message of the workspace, or out of the page to the web or to mail; else only its
    label.
    """
    inside = viewer.leads_to(url)
    if inside:
        return Markup('<a href="{}">{}</a>').format(inside, label)
    try:
        leads = urlsplit(url).scheme.lower() in SAFE
    except ValueError:
        leads = False
    if not leads:
        return escape(label)
    return Markup('<a href="{}" target="_blank" rel="noopener noreferrer nofollow">{}</a>').format(url, label)


def person(user: str, viewer: Viewer) -> Markup:
    """Draw a mention of somebody."""
    own = " me" if user == viewer.user else ""
    return Markup('<span class="mention{}">@{}</span>').format(own, viewer.name_of(user))


def channel(channel_id: str, viewer: Viewer, label: str = "") -> Markup:
    """Draw a mention of a channel; a link to it where the person may see it."""
    known = viewer.channel_of(channel_id)
    if known is None:
        return Markup('<span class="mention">#{}</span>').format(label or "private channel")
    name = f"#{known.name}" if known.kind != "dm" else "this conversation"
    return Markup('<a class="mention" href="{}">{}</a>').format(viewer.href(channel_id), name)


def moment(seconds: str, form: str, fallback: str, viewer: Viewer) -> Markup:
    """Draw a date in the reader's time zone; the fallback where it is none."""
    try:
        at = viewer.moment(int(seconds))
        told, whole = at.fill_tokens(form), at.whole
    except (ValueError, OverflowError, OSError):
        return escape(fallback)
    return Markup('<time title="{}">{}</time>').format(whole, told)


def _outside(part: str, index: int, parts: list[str], viewer: Viewer) -> Markup:
    """Draw text beside code blocks, which end and begin a line by themselves."""
    if index > 0:
        part = part.removeprefix("\n")
    if index < len(parts) - 1:
        part = part.removesuffix("\n")
    endless = _QUOTED_TO_THE_END.search(part)
    if endless is None:
        return _lines(part, viewer)
    before = _lines(part[: endless.start()].removesuffix("\n"), viewer)
    return before + _quote(endless[1].split("\n"), viewer)


def _lines(part: str, viewer: Viewer) -> Markup:
    return Markup().join(
        _quote(lines, viewer) if quoted else BREAK.join(_inline(line, viewer) for line in lines)
        for quoted, lines in _runs(part.split("\n") if part else [])
    )


def _runs(lines: list[str]) -> Iterator[tuple[bool, list[str]]]:
    """Group neighbouring lines that are all quoted, or all not, without their marks."""
    run: list[str] = []
    before = False
    for line in lines:
        mark = _QUOTED.match(line)
        if run and bool(mark) != before:
            yield before, run
            run = []
        before = bool(mark)
        run.append(line[mark.end() :] if mark else line)
    if run:
        yield before, run


def _quote(lines: list[str], viewer: Viewer) -> Markup:
    return Markup("<blockquote>{}</blockquote>").format(BREAK.join(_inline(line, viewer) for line in lines))


def _inline(line: str, viewer: Viewer) -> Markup:
    """Draw one line: code, links and mentions are taken out first, so that no style reaches into them."""
    pieces: list[Markup] = []

    def take(found: re.Match[str]) -> str:
        pieces.append(_mrkdwn_piece(found, viewer))
        return MARK

    shown = _style_text(_PIECE.sub(take, line))
    waiting = iter(pieces)
    return Markup(re.sub(MARK, lambda _: next(waiting), shown))  # noqa: S704 - both sides are escaped already


def _style_text(text: str) -> Markup:
    """Draw bold, italics and what is struck out; a mark that is closed nowhere is looked for once."""
    shown: list[Markup] = []
    unclosed: set[str] = set()
    end = at = 0
    while opened := _OPENING.search(text, at):
        mark, at = opened[0], opened.end()
        closed = None if mark in unclosed else _CLOSING[mark].search(text, at + 1)
        if closed is None:
            unclosed.add(mark)
            continue
        inner = Markup("<{0}>{1}</{0}>").format(_STYLES[mark], _style_text(text[at : closed.start()]))
        shown += [escape(unescape(text[end : opened.start()])), inner]
        end = at = closed.end()
    return Markup().join([*shown, escape(unescape(text[end:]))])


def _mrkdwn_piece(found: re.Match[str], viewer: Viewer) -> Markup:
    if found["code"]:
        return Markup("<code>{}</code>").format(unescape(found["code"]))
    if found["bare"]:
        return link(unescape(found["bare"]), unescape(found["bare"]), viewer)
    inside, _, label = found["angle"].partition("|")
    return _angle(unescape(inside), unescape(label), unescape(found[0]), viewer)


def _angle(inside: str, label: str, whole: str, viewer: Viewer) -> Markup:
    """Draw what stands in <...>."""
    if inside.startswith("@"):
        return person(inside[1:], viewer)
    if inside.startswith("#"):
        return channel(inside[1:], viewer, label)
    if inside.startswith("!"):
        return _special(inside[1:], label, whole, viewer)
    scheme = inside.partition(":")[0].lower()
    return link(inside, label or inside, viewer) if scheme in SAFE and ":" in inside else escape(whole)


def _special(inside: str, label: str, whole: str, viewer: Viewer) -> Markup:
    name, *rest = inside.split("^")
    if name in BROADCASTS:
        return Markup('<span class="mention">@{}</span>').format(name)
    if name == "date" and len(rest) > 1:
        shown = moment(rest[0], rest[1], label or whole, viewer)
        return link(rest[2], shown, viewer) if len(rest) > 2 else shown
    return escape(label or whole)


Node = Mapping[str, Any]
DEEPEST = 8
STYLES = {"bold": "b", "italic": "i", "strike": "s", "underline": "u", "highlight": "mark", "code": "code"}
"""Tags of the styles, the innermost first."""


def rich_text(node: Node, viewer: Viewer) -> Markup:
    """Draw a rich_text block, or a cell of a table; KeyError where a part is missing or of no known
    kind.
    """
    return Markup().join(_rich_part(part, viewer) for part in node["elements"])


def _rich_part(node: Node, viewer: Viewer) -> Markup:
    match node["type"]:
        case "rich_text_section":
            return Markup('<div class="rich">{}</div>').format(_pieces(node, viewer))
        case "rich_text_quote":
            return Markup("<blockquote>{}</blockquote>").format(_pieces(node, viewer))
        case "rich_text_preformatted":
            words = (str(piece.get("text") or piece.get("url", "")) for piece in node["elements"])
            return Markup("<pre>{}</pre>").format("".join(words))
        case "rich_text_list":
            return _list(node, viewer)
        case unknown:
            raise KeyError(unknown)


def _list(node: Node, viewer: Viewer) -> Markup:
    items = Markup().join(Markup("<li>{}</li>").format(_item(item, viewer)) for item in node["elements"])
    deep = min(max(int(node.get("indent", 0)), 0), DEEPEST)
    shape = f"deep-{deep}{' bordered' if node.get('border') else ''}"
    if node["style"] == "ordered":
        first = int(node.get("offset", 0)) + 1
        return Markup('<ol class="{}" start="{}">{}</ol>').format(shape, first, items)
    return Markup('<ul class="{}">{}</ul>').format(shape, items)


def _item(node: Node, viewer: Viewer) -> Markup:
    return _pieces(node, viewer) if node["type"] == "rich_text_section" else _rich_part(node, viewer)


def _pieces(node: Node, viewer: Viewer) -> Markup:
    return Markup().join(_style_piece(piece, viewer) for piece in node["elements"])


def _style_piece(piece: Node, viewer: Viewer) -> Markup:
    shown, style = _rich_piece(piece, viewer), piece.get("style") or {}
    for name, tag in STYLES.items():
        if style.get(name):
            shown = Markup("<{0}>{1}</{0}>").format(Markup(tag), shown)  # noqa: S704 - one of ours
    return shown


def _rich_piece(piece: Node, viewer: Viewer) -> Markup:
    match piece["type"]:
        case "text":
            return plain(str(piece["text"]))
        case "link":
            return link(str(piece["url"]), str(piece.get("text") or piece["url"]), viewer)
        case "user":
            return person(str(piece["user_id"]), viewer)
        case "channel":
            return channel(str(piece["channel_id"]), viewer)
        case "date":
            return _date(piece, viewer)
        case "broadcast" if piece["range"] in BROADCASTS:
            return Markup('<span class="mention">@{}</span>').format(piece["range"])
        case "emoji":
            return escape(f":{piece['name']}:")
        case "usergroup":
            return escape(f"@{piece['usergroup_id']}")
        case "color":
            return escape(str(piece["value"]))
        case unknown:
            raise KeyError(unknown)


def _date(piece: Node, viewer: Viewer) -> Markup:
    fallback = str(piece.get("fallback") or piece["timestamp"])
    shown = moment(str(piece["timestamp"]), str(piece["format"]), fallback, viewer)
    return link(str(piece["url"]), shown, viewer) if piece.get("url") else shown
