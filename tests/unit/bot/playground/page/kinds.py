"""One of each kind of block and element, as an app would send them, and hostile twins of all."""

from __future__ import annotations

from typing import Any

Node = dict[str, Any]


def plain(text: str) -> Node:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Node:
    return {"type": "mrkdwn", "text": text}


def options(*names: str) -> list[Node]:
    return [{"text": plain(name), "value": name.lower()} for name in names]


def element(kind: str, action_id: str, **more: Any) -> Node:
    return {"type": kind, "action_id": action_id, **more}


def rich(*pieces: Node, kind: str = "rich_text_section") -> Node:
    return {"type": "rich_text", "elements": [{"type": kind, "elements": list(pieces)}]}


def words(text: str, **style: bool) -> Node:
    return {"type": "text", "text": text, **({"style": style} if style else {})}


def question(block_id: str, asked: Node, **more: Any) -> Node:
    return {"type": "input", "block_id": block_id, "label": plain(block_id), "element": asked, **more}


ASK = {
    "title": plain("Remove?"),
    "text": mrkdwn("*Kept* no longer"),
    "confirm": plain("Yes"),
    "deny": plain("No"),
}
OPTIONS = options("One", "Two", "Three")
GROUPS = [{"label": plain("Risk"), "options": OPTIONS[:2]}, {"label": plain("Cost"), "options": OPTIONS[2:]}]

BUTTON = element("button", "why", text=plain("Why?"), value="7")
MENU = element("static_select", "snooze", placeholder=plain("Snooze"), options=OPTIONS)
OVERFLOW = element("overflow", "more", options=OPTIONS)

SECTION: Node = {"type": "section", "block_id": "s", "text": mrkdwn("*ISCB* 16.1 %"), "accessory": OVERFLOW}
ACTIONS: Node = {"type": "actions", "block_id": "a", "elements": [BUTTON, MENU]}
TABLE: Node = {
    "type": "table",
    "block_id": "t",
    "column_settings": [{"is_wrapped": True}, {"align": "right"}, None],
    "rows": [
        [
            {"type": "raw_text", "text": "Return"},
            rich(words("ISCB", bold=True)),
            {"type": "raw_text", "text": "-"},
        ],
        [
            {"type": "raw_text", "text": "1y"},
            {"type": "raw_text", "text": "16.1 %"},
            {"type": "raw_number", "value": 3},
        ],
    ],
}
MESSAGE: list[Node] = [
    {"type": "header", "block_id": "h", "text": plain("Digest")},
    SECTION,
    {"type": "section", "block_id": "f", "fields": [mrkdwn("*Value*\n0.97"), plain("Target")]},
    {"type": "divider", "block_id": "d"},
    ACTIONS,
    {
        "type": "actions",
        "block_id": "more",
        "elements": [
            element("button", "remove", text=plain("Remove"), style="danger", confirm=ASK),
            element(
                "button", "go", text=plain("Open"), url="https://a.org", accessibility_label="Open the page"
            ),
            element("datepicker", "until", initial_date="2026-12-01", placeholder=plain("Until")),
        ],
    },
    {"type": "context", "block_id": "c", "elements": [mrkdwn("`rf 0`"), plain("as of today")]},
    {
        "type": "image",
        "block_id": "i",
        "alt_text": "Growth",
        "title": plain("Growth"),
        "image_url": "https://a.org/x.png",
    },
    {"type": "rich_text", "block_id": "r", "elements": rich(words("rich"))["elements"]},
    TABLE,
]
MODAL: list[Node] = [
    question(
        "name", element("plain_text_input", "e", placeholder=plain("Name it"), min_length=2, max_length=9)
    ),
    question("note", element("plain_text_input", "e", multiline=True, initial_value="as is"), optional=True),
    question(
        "count",
        element("number_input", "e", is_decimal_allowed=False, min_value="1", max_value="9"),
        optional=True,
    ),
    question("share", element("number_input", "e", is_decimal_allowed=True), optional=True),
    question("mail", element("email_text_input", "e"), optional=True),
    question("link", element("url_text_input", "e"), optional=True),
    question(
        "kind",
        element("static_select", "e", placeholder=plain("Choose"), option_groups=GROUPS),
        hint=plain("One only"),
    ),
    question(
        "several",
        element("multi_static_select", "e", options=OPTIONS, initial_options=OPTIONS[1:2]),
        optional=True,
    ),
    question("one", element("radio_buttons", "e", options=OPTIONS)),
    question(
        "some",
        element("checkboxes", "e", options=[{**OPTIONS[0], "description": plain("the first")}]),
        optional=True,
    ),
    question("who", element("users_select", "e", initial_user="U0BEN"), optional=True),
    question("where", element("conversations_select", "e"), optional=True),
    question("room", element("channels_select", "e"), optional=True),
    question("day", element("datepicker", "e"), optional=True),
    question("hour", element("timepicker", "e", initial_time="08:30"), optional=True),
    question("moment", element("datetimepicker", "e", initial_date_time=1768597200), optional=True),
    question("asked", element("external_select", "e"), optional=True),
    {"type": "section", "block_id": "pick", "text": plain("Pick"), "accessory": MENU},
    ACTIONS,
]


def hostile(node: Any, text: str) -> Any:
    """The same with this text wherever a person can read one, or a link can lead."""
    if isinstance(node, list):
        return [hostile(item, text) for item in node]
    if not isinstance(node, dict):
        return node
    filled = {key: hostile(value, text) for key, value in node.items()}
    spots = {"text", "alt_text", "image_url", "url", "value", "accessibility_label", "action_id", "block_id"}
    return {key: text if key in spots and isinstance(value, str) else value for key, value in filled.items()}
