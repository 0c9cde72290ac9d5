"""rich_text: every kind of part and piece."""

from __future__ import annotations

import pytest

from bot.playground.page.mrkdwn import rich_text
from bot.playground.page.viewer import Viewer
from tests.unit.bot.playground.page.kinds import Node, rich, words
from tests.unit.bot.playground.page.reading import harmless

OUT = 'target="_blank" rel="noopener noreferrer nofollow"'


@pytest.mark.parametrize(
    ("piece", "html"),
    [
        (words("a <b>\nc"), "a &lt;b&gt;<br>c"),
        (words("a", bold=True, italic=True), "<i><b>a</b></i>"),
        (words("a", code=True, strike=True), "<code><s>a</s></code>"),
        (words("a", bold=False), "a"),
        ({"type": "link", "url": "https://a.org", "text": "here"}, f'<a href="https://a.org" {OUT}>here</a>'),
        ({"type": "link", "url": "https://a.org"}, f'<a href="https://a.org" {OUT}>https://a.org</a>'),
        ({"type": "link", "url": "javascript:alert(1)", "text": "here"}, "here"),
        ({"type": "user", "user_id": "U0BEN"}, '<span class="mention">@Ben Analyst</span>'),
        (
            {"type": "channel", "channel_id": "C0RANDOM"},
            '<a class="mention" href="/as/U0ANN/C0RANDOM">#random</a>',
        ),
        ({"type": "emoji", "name": "tada", "unicode": "1f389"}, ":tada:"),
        ({"type": "broadcast", "range": "here"}, '<span class="mention">@here</span>'),
        ({"type": "usergroup", "usergroup_id": "S1"}, "@S1"),
        ({"type": "color", "value": "#1f3a4d"}, "#1f3a4d"),
    ],
)
def test_pieces(ann: Viewer, piece: Node, html: str) -> None:
    assert rich_text(rich(piece), ann) == f'<div class="rich">{html}</div>'


def test_a_date_is_in_the_readers_time(ann: Viewer) -> None:
    piece = {"type": "date", "timestamp": 1392734382, "format": "{date_num} {time}", "url": "https://a.org"}
    shown = harmless(rich_text(rich(piece), ann))
    assert shown.text == "2014-02-18 14:39"
    assert shown.one("a")["href"] == "https://a.org"
    broken = {"type": "date", "timestamp": "soon", "format": "{time}", "fallback": "then"}
    assert harmless(rich_text(rich(broken), ann)).text == "then"


def test_quotes_and_preformatted_text(ann: Viewer) -> None:
    assert rich_text(rich(words("q"), kind="rich_text_quote"), ann) == "<blockquote>q</blockquote>"
    pieces = (words("x = 1\n"), {"type": "link", "url": "https://a.org"})
    shown = rich_text(rich(*pieces, kind="rich_text_preformatted"), ann)
    assert shown == "<pre>x = 1\nhttps://a.org</pre>"


def test_lists(ann: Viewer) -> None:
    item = {"type": "rich_text_section", "elements": [words("a")]}
    quote = {"type": "rich_text_quote", "elements": [words("q")]}
    listed: Node = {"type": "rich_text_list", "style": "bullet", "elements": [item, quote]}
    block = {"type": "rich_text", "elements": [listed]}
    assert rich_text(block, ann) == '<ul class="deep-0"><li>a</li><li><blockquote>q</blockquote></li></ul>'
    numbered = {**listed, "style": "ordered", "indent": 99, "offset": 4, "border": 1, "elements": [item]}
    block = {"type": "rich_text", "elements": [numbered]}
    assert rich_text(block, ann) == '<ol class="deep-8 bordered" start="5"><li>a</li></ol>'


@pytest.mark.parametrize(
    "node", [rich({"type": "hologram"}), rich(kind="rich_text_hologram"), {"elements": [{}]}]
)
def test_what_is_not_known_is_not_guessed(ann: Viewer, node: Node) -> None:
    with pytest.raises(KeyError):
        rich_text(node, ann)
