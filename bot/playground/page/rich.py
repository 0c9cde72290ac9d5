"""Slack's rich_text as HTML: sections, lists, quotes and preformatted text with styled pieces inside."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup, escape

from bot.playground.page.mrkdwn import BROADCASTS, channel, link, moment, person, plain
from bot.playground.page.viewer import Viewer

Node = Mapping[str, Any]
DEEPEST = 8
STYLES = {"bold": "b", "italic": "i", "strike": "s", "underline": "u", "highlight": "mark", "code": "code"}
"""Tags of the styles, the innermost first."""


def rich_text(node: Node, viewer: Viewer) -> Markup:
    """A rich_text block, or a cell of a table; KeyError where a part is missing or of no known kind."""
    return Markup().join(_part(part, viewer) for part in node["elements"])


def _part(node: Node, viewer: Viewer) -> Markup:
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
    return _pieces(node, viewer) if node["type"] == "rich_text_section" else _part(node, viewer)


def _pieces(node: Node, viewer: Viewer) -> Markup:
    return Markup().join(_styled(piece, viewer) for piece in node["elements"])


def _styled(piece: Node, viewer: Viewer) -> Markup:
    shown, style = _piece(piece, viewer), piece.get("style") or {}
    for name, tag in STYLES.items():
        if style.get(name):
            shown = Markup("<{0}>{1}</{0}>").format(Markup(tag), shown)  # noqa: S704 - one of ours
    return shown


def _piece(piece: Node, viewer: Viewer) -> Markup:
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
