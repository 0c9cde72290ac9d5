"""Reads HTML as strictly as no browser does: what is not closed, or could do harm, fails."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlsplit

VOID = frozenset({"area", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"})
HARMFUL = frozenset(
    {"script", "style", "iframe", "object", "embed", "base", "meta", "link", "template", "math"}
)
ADDRESSES = frozenset({"href", "src", "action", "formaction", "poster", "data", "xlink:href", "srcset"})
HARMFUL_ATTRIBUTES = frozenset({"style", "srcdoc", "ping", "background"})

Attributes = dict[str, str]


@dataclass
class Html(HTMLParser):
    """What is in a piece of HTML.  opened: every element in order; text: what can be read."""

    opened: list[tuple[str, Attributes]] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)
    stack: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"<{tag}> has an attribute twice: {names}"
        self.opened.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID and not self._in_drawing():
            self.stack.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert self._in_drawing() or tag in VOID, f"<{tag}/>"

    def handle_endtag(self, tag: str) -> None:
        if self._in_drawing() and tag != "svg":
            return
        assert self.stack, f"</{tag}> closes nothing"
        assert self.stack.pop() == tag, f"</{tag}> closes <{self.stack}>"

    def handle_data(self, data: str) -> None:
        self.pieces.append(data)

    def _in_drawing(self) -> bool:
        return "svg" in self.stack

    @property
    def text(self) -> str:
        return "".join(self.pieces)

    @property
    def tags(self) -> list[str]:
        return [tag for tag, _ in self.opened]

    def all(self, tag: str, **wanted: str) -> list[Attributes]:
        """The attributes of every element of that name that has these values."""
        return [has for name, has in self.opened if name == tag and wanted.items() <= has.items()]

    def one(self, tag: str, **wanted: str) -> Attributes:
        """The attributes of the only one."""
        (found,) = self.all(tag, **wanted)
        return found


def read(html: str) -> Html:
    """The piece, every element of which is closed."""
    reader = Html()
    reader.feed(html)
    reader.close()
    assert reader.stack == []
    return reader


def harmless(html: str) -> Html:
    """The piece, which can run nothing and leads to the web, to mail or into the page only."""
    page = read(html)
    for tag, attributes in page.opened:
        assert tag not in HARMFUL, f"<{tag}>"
        for name, value in attributes.items():
            assert not name.startswith("on"), f"{name}={value}"
            assert name not in HARMFUL_ATTRIBUTES, f"{name}={value}"
            if name in ADDRESSES:
                assert urlsplit(value).scheme in ("", "http", "https", "mailto"), f"{name}={value}"
                assert not value.startswith("//"), f"{name}={value}"
    return page
