"""Reads Form N-PORT, in which funds report to the SEC what they hold; and looks at any XML before it is read.

The parser is expat's own, without entities and without a tree: a document type ends it, whatever it declares.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, TypeVar
from xml.parsers import expat

from analytics.holdings import AssetKind, Constituent
from bot.market.holdings.lists import (
    MOST_CELL,
    MOST_ROWS,
    ListContent,
    UnreadableList,
    cusip_of,
    merge_lots,
    parse_number,
)

T = TypeVar("T")

DEEPEST = 64
"""Elements within elements."""
NAMESPACE = b"www.sec.gov/edgar/nport"
_KINDS = {
    **dict.fromkeys(("EC", "EP"), AssetKind.SHARES),
    **dict.fromkeys(("DBT", "ABS-MBS", "ABS-APCP", "ABS-CBDO", "ABS-O", "LON", "SN"), AssetKind.BONDS),
    **dict.fromkeys(("STIV", "RA"), AssetKind.CASH),
}
"""By the form's codes of asset categories; derivatives, commodities and land are none of these."""
_FUND = {"seriesName": "fund", "regName": "trust", "repPdDate": "day"}
_POSITION = frozenset({"name", "title", "cusip", "balance", "curCd", "valUSD", "pctVal", "assetCat"})
_NOTED = frozenset({"isin", "ticker", "other", "cashCollateralCondition", "isCashCollateral"})


def parse_xml(content: bytes, listen: Callable[[expat.XMLParserType], T]) -> T:
    """Parse XML without entities.  Raises UnreadableList for a document type, and for what is no XML.

    listen : sets the handlers of elements and texts, and gives who will have been told
    """
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)

    def refuse(*_: Any) -> Any:
        raise UnreadableList("Its XML declares a document type or entities, which no list needs.", _AGAIN)

    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = refuse
    parser.ExternalEntityRefHandler = refuse
    told = listen(parser)
    try:
        parser.Parse(content.lstrip(b" \t\r\n"), True)  # some forms have a blank line before the declaration
    except (expat.ExpatError, LookupError, ValueError) as error:
        raise UnreadableList(f"It is no XML that can be read: {error}.", _AGAIN) from None
    return told


def watch_depth(parser: expat.XMLParserType) -> None:
    """Refuse elements within elements within elements: each that is open takes memory."""
    depth = 0

    def start(*_: object) -> None:
        nonlocal depth
        depth += 1
        if depth > DEEPEST:
            raise too_deep()

    def end(_: str) -> None:
        nonlocal depth
        depth -= 1

    parser.StartElementHandler, parser.EndElementHandler = start, end


def too_deep() -> UnreadableList:
    """Make the fault of XML that is nested too deeply."""
    return UnreadableList("Its XML is nested too deeply.", _AGAIN)


_AGAIN = "Download it again from where it was published."


class _FormReader:
    """Handlers of expat: they are called a hundred thousand times for a large fund, so they do little.

    told : facts of the fund; positions, total : what has been read of the rest
    """

    def __init__(self, parser: expat.XMLParserType) -> None:
        self.told: dict[str, str] = {}
        self.positions: list[Constituent] = []
        self.total = 0.0
        self._parser, self._row, self._words = parser, dict[str, str](), list[str]()
        self._depth = self._at = 0
        self._wanted = ""
        self._hear: Callable[[str], None] = self._words.append
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        """Begin a position, or a fact of one: what lies deeper is about what a derivative rests on."""
        self._depth = depth = self._depth + 1
        if ":" in name:
            name = name.rpartition(":")[2]
        if self._at:
            below = depth - self._at
            if below == 1:
                if name in _POSITION:
                    self._listen(name)
                elif name == "currencyConditional":
                    self._row["curCd"] = attributes.get("curCd", "")
            elif below == 2 and name in _NOTED:
                self._note(name, attributes)
            elif below > DEEPEST:
                raise too_deep()
        elif name == "invstOrSec":
            self._row, self._at = {}, depth
        elif name in _FUND:
            self._listen(_FUND[name])
        elif depth > DEEPEST:
            raise too_deep()

    def _listen(self, wanted: str) -> None:
        self._wanted = wanted
        self._words.clear()
        self._parser.CharacterDataHandler = self._hear

    def _note(self, name: str, attributes: Mapping[str, str]) -> None:
        row = self._row
        if name in ("isin", "ticker"):
            row.setdefault(name, attributes.get("value", ""))
        elif name == "other" and "sedol" in attributes.get("otherDesc", "").casefold():
            row.setdefault("sedol", attributes.get("value", ""))
        elif name == "cashCollateralCondition" and attributes.get("isCashCollateral") == "Y":
            row["collateral"] = "Y"
        elif name == "isCashCollateral":
            self._listen("collateral")

    def _end(self, _: str) -> None:
        """Keep a fact; end a position."""
        if self._wanted:
            self._parser.CharacterDataHandler = None
            into = self._row if self._at else self.told
            into.setdefault(self._wanted, "".join(self._words).strip()[:MOST_CELL])
            self._wanted = ""
        elif self._depth == self._at:
            self._at = 0
            self._keep(self._row)
        self._depth -= 1

    def _keep(self, row: Mapping[str, str]) -> None:
        if len(self.positions) >= MOST_ROWS:
            raise UnreadableList(
                f"It has more than {MOST_ROWS:,} positions.", "No fund that is read has so many."
            )
        if row.get("collateral") == "Y":
            return  # bought with what borrowers of its shares have left as a security: not the fund's own
        held = _constituent(row, len(self.positions) + 1)
        self.total += held.weight
        self.positions.append(held)


def _constituent(row: Mapping[str, str], number: int) -> Constituent:
    def value(name: str) -> float | None:
        words = row.get(name, "")
        if words in ("", "N/A", "XXXX"):
            return None
        found = parse_number(words)
        if found is None:
            raise UnreadableList(f"Position {number} has {words[:40]!r} for {name}.", _AGAIN)
        return found

    def identifier(name: str) -> str | None:
        words = row.get(name, "").strip()
        return (
            words
            if words and words.upper() not in ("N/A", "NA", "NONE", "XXXX") and words.strip("0")
            else None
        )

    percent, worth, balance = value("pctVal"), value("valUSD"), value("balance")
    if percent is None:
        raise UnreadableList(f"Position {number} has no pctVal, its part of the net assets.", _AGAIN)
    single = worth is not None and balance is not None and worth > 0 and balance > 0
    names = [words for name in ("title", "name") if (words := row.get(name, "")) and words != "N/A"]
    return Constituent(
        name=names[0] if names else "unnamed",
        weight=percent / 100,
        symbol=identifier("ticker"),
        isin=identifier("isin"),
        cusip=cusip_of(row.get("cusip", "")),
        sedol=identifier("sedol"),
        kind=_KINDS.get(row.get("assetCat", ""), AssetKind.OTHER),
        quantity=balance,
        price=worth / balance if single and worth and balance else None,
        currency=row.get("curCd") or None,
    )


def read_nport(content: bytes) -> ListContent:
    """Read a form.  Raises UnreadableList.

    Sectors are not told by it, nor is the symbol of the fund.
    """
    form = parse_xml(content, _FormReader)
    if not form.positions:
        raise UnreadableList("It is a Form N-PORT without any position.", _AGAIN)
    try:
        day = date.fromisoformat(form.told.get("day", ""))
    except ValueError:
        day = None
    fund = form.told.get("fund", "")
    known = fund if fund and fund.upper() != "N/A" else form.told.get("trust", "")
    return ListContent("N-PORT", "", known, day, merge_lots(form.positions), form.total)
