"""Slack's mrkdwn: what is styled, what is a link, and what stays text."""

from __future__ import annotations

from html import escape

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.playground.page.mrkdwn import mrkdwn, plain, plain_text
from bot.playground.page.viewer import Viewer
from tests.unit.bot.playground.page.reading import harmless

OUT = 'target="_blank" rel="noopener noreferrer nofollow"'


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("ISCB *16.1 %*", "ISCB <b>16.1 %</b>"),
        ("_quiet_ ~gone~", "<i>quiet</i> <s>gone</s>"),
        ("*_both_*", "<b><i>both</i></b>"),
        ("(*b*), *c*.", "(<b>b</b>), <b>c</b>."),
        ("_snake_case_", "<i>snake_case</i>"),
        ("snake_case_name", "snake_case_name"),
        ("2 * 3 * 4", "2 * 3 * 4"),
        ("*not\nbold*", "*not<br>bold*"),
        ("* item", "* item"),
        ("`a *b* &lt;c&gt;`", "<code>a *b* &lt;c&gt;</code>"),
        ("*`code`*", "<b><code>code</code></b>"),
        ("before\n```\nx = 1\n  y\n```\nafter", "before<pre>x = 1\n  y</pre>after"),
        ("```a``` and ```b```", "<pre>a</pre> and <pre>b</pre>"),
        ("&gt; quoted\n&gt; more\nnot", "<blockquote>quoted<br>more</blockquote>not"),
        ("> quoted", "<blockquote>quoted</blockquote>"),
        ("a\n&gt;&gt;&gt; b\nc", "a<blockquote>b<br>c</blockquote>"),
        ("a\n\nb", "a<br><br>b"),
        ("&lt;b&gt; &amp;amp; &quot;", "&lt;b&gt; &amp;amp; &amp;quot;"),
        (":tada:", ":tada:"),
        ("", ""),
    ],
)
def test_styles(ann: Viewer, text: str, html: str) -> None:
    assert mrkdwn(text, ann) == html
    harmless(mrkdwn(text, ann))


@pytest.mark.parametrize(
    ("text", "html"),
    [
        (
            "<https://a.org/?x=1&amp;y=2|the source>",
            f'<a href="https://a.org/?x=1&amp;y=2" {OUT}>the source</a>',
        ),
        ("<http://a.org>", f'<a href="http://a.org" {OUT}>http://a.org</a>'),
        ("<mailto:a@b.org|a@b.org>", f'<a href="mailto:a@b.org" {OUT}>a@b.org</a>'),
        ("see https://a.org/b_c_d.", f'see <a href="https://a.org/b_c_d" {OUT}>https://a.org/b_c_d</a>.'),
        ("*<https://a.org|b*c>*", f'<b><a href="https://a.org" {OUT}>b*c</a></b>'),
        ("<javascript:alert(1)|x>", "&lt;javascript:alert(1)|x&gt;"),
        ("<data:text/html,x>", "&lt;data:text/html,x&gt;"),
        ("<script>", "&lt;script&gt;"),
        ("<http://[|x>", "x"),
        (
            "<https://fund-team.slack.com/archives/C0RANDOM/p1770107460000200|R1>",
            '<a href="/as/U0ANN/C0RANDOM?thread=1770107460.000200">R1</a>',
        ),
        (
            "<https://fund-team.slack.com/archives/C0RANDOM/p1770107470000300"
            "?thread_ts=1770107460.000200&amp;cid=C0RANDOM|there>",
            '<a href="/as/U0ANN/C0RANDOM?thread=1770107460.000200">there</a>',
        ),
        (
            "<https://fund-team.slack.com/archives/C0RANDOM|R1>",
            f'<a href="https://fund-team.slack.com/archives/C0RANDOM" {OUT}>R1</a>',
        ),
    ],
)
def test_links(ann: Viewer, text: str, html: str) -> None:
    assert mrkdwn(text, ann) == html


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("<@U0BEN>", '<span class="mention">@Ben Analyst</span>'),
        ("<@U0ANN|ann>", '<span class="mention me">@Ann Portfolio</span>'),
        ("<@U0NOBODY>", '<span class="mention">@U0NOBODY</span>'),
        ("<#C0RANDOM>", '<a class="mention" href="/as/U0ANN/C0RANDOM">#random</a>'),
        ("<#C0ELSEWHERE|there>", '<span class="mention">#there</span>'),
        ("<#C0ELSEWHERE>", '<span class="mention">#private channel</span>'),
        ("<#D0ANN>", '<a class="mention" href="/as/U0ANN/D0ANN">this conversation</a>'),
        ("<!here>", '<span class="mention">@here</span>'),
        ("<!subteam^S1|@desk>", "@desk"),
        ("<!unknown>", "&lt;!unknown&gt;"),
    ],
)
def test_mentions(ann: Viewer, text: str, html: str) -> None:
    assert mrkdwn(text, ann) == html


def test_a_private_channel_is_not_told_to_those_outside(ann: Viewer) -> None:
    cy = ann.as_somebody("U0CY")
    assert mrkdwn("<#C0DEALS>", cy) == '<span class="mention">#private channel</span>'
    assert mrkdwn("<#C0DEALS>", ann) == '<a class="mention" href="/as/U0ANN/C0DEALS">#deals-private</a>'


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("<!date^1392734382^{date_short} {time}|then>", "Feb 18, 2014 14:39"),
        ("<!date^1392734382^{date_num}^https://a.org|then>", "2014-02-18"),
        ("<!date^soon^{date_num}|then>", "then"),
        ("<!date^99999999999999999^{date_num}|then>", "then"),
        ("<!date^1>", "<!date^1>"),
    ],
)
def test_dates(ann: Viewer, text: str, told: str) -> None:
    page = harmless(mrkdwn(text, ann))
    assert page.text == told
    assert ("a" in page.tags) == ("a.org" in text)


def test_plain_text_means_nothing(ann: Viewer) -> None:
    assert plain("*a* <b>\n:c:") == "*a* &lt;b&gt;<br>:c:"


def test_what_a_notification_says(ann: Viewer) -> None:
    text = "*ISCB*\nreturned `16.1 %`, says <@U0BEN> &amp; <https://a.org|source>\n```x```"
    assert plain_text(text, ann) == "ISCB returned 16.1 %, says @Ben Analyst & source x"


HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    '<https://a.org" onmouseover="alert(1)|x>',
    "<https://a.org'onclick='alert(1)|\"><script>alert(1)</script>>",
    "<javascript:alert(1)|click>",
    "<JaVaScRiPt:alert(1)>",
    "< javascript:alert(1)|x>",
    "<java\tscript:alert(1)|x>",
    "<vbscript:x|y>",
    "<data:text/html;base64,PHNjcmlwdD4=|y>",
    '<@U0ANN"><script>alert(1)</script>>',
    '<#C0RANDOM|"><b onclick=alert(1)>>',
    "<!date^1^{time}^javascript:alert(1)|x>",
    "<!date^1^<img src=x>^https://a.org|x>",
    "`<img src=x onerror=alert(1)>`",
    "```</pre><script>alert(1)</script>```",
    "*<b onclick=alert(1)>*",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&amp;lt;script&amp;gt;",
    "&#60;script&#62;",
    "\0<script>\0",
    "</div></form><form action=https://evil.org>",
    "{{ 7 * 7 }} {% raw %} ${7*7}",
    "<!channel><!--",
    "]]><!CDATA[",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text(ann: Viewer, text: str) -> None:
    page = harmless(mrkdwn(text, ann))
    assert set(page.tags) <= {"a", "b", "br", "code", "pre", "span", "time"}
    assert "49" not in page.text
    sent = harmless(mrkdwn(escape(text, quote=False), ann))
    assert [tag for tag in sent.tags if tag == "a"] == [] or "https://" in text


PIECES = st.one_of(
    st.sampled_from(
        ["<", ">", "&", "|", "@", "#", "!", "*", "_", "~", "`", "```", "\n", '"', "'", "\0", "^"]
    ),
    st.sampled_from(
        ["https://a.org", "<@U0ANN", "<#C", "<!date^1^{time}", "javascript:", "&lt;", "&gt;&gt;&gt;"]
    ),
    st.text(alphabet="ab1 .:/;%", max_size=4),
)
TEXTS = st.lists(PIECES, max_size=24).map("".join)
MEANT = str.maketrans("", "", "*_~`>\n\0")


@pytest.mark.slow
@given(text=TEXTS)
@example(text="<|>")
def test_any_text_gives_harmless_html(ann: Viewer, text: str) -> None:
    page = harmless(mrkdwn(text, ann))
    assert set(page.tags) <= {"a", "b", "i", "s", "br", "code", "pre", "span", "time", "blockquote"}


@pytest.mark.slow
@given(text=TEXTS)
def test_what_a_person_types_is_what_others_read(ann: Viewer, text: str) -> None:
    """All but the marks of style: nothing that was typed is lost, and nothing comes twice."""
    shown = harmless(mrkdwn(escape(text, quote=False), ann)).text
    assert _letters(shown) == _letters(text)


def _letters(text: str) -> str:
    return "".join(text.translate(MEANT).split())
