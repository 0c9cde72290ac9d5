"""Facts about symbols that no source sends along: well-known names, new names, changes of index."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from analytics.fund import Approach, Fact, FundProfile, IndexChange, Kind
from analytics.notes import Note, NoteKind
from bot.ports.market import Rebalance

_INDEX_CHANGES = """
SPSM  2017-11-16  SSGA Small Cap
ILCB  2021-03-19  Morningstar US Large-Mid Cap
ILCG  2021-03-19  Morningstar US Large-Mid Cap Broad Growth
ILCV  2021-03-19  Morningstar US Large-Mid Cap Broad Value
IMCB  2021-03-19  Morningstar US Mid Cap
IMCG  2021-03-19  Morningstar US Mid Cap Broad Growth
IMCV  2021-03-19  Morningstar US Mid Cap Broad Value
ISCB  2021-03-19  Morningstar US Small Cap Extended
ISCG  2021-03-19  Morningstar US Small Cap Broad Growth Extended
ISCV  2021-03-19  Morningstar US Small Cap Broad Value Extended
SPYM  2020-01-24  S&P 500
SPTM  2020-01-24  S&P Composite 1500
SPMD  2020-01-24  S&P MidCap 400
SPSM  2020-01-24  S&P SmallCap 600
MGC   2013-01-31  CRSP US Mega Cap
VV    2013-01-31  CRSP US Large Cap
VO    2013-01-31  CRSP US Mid Cap
VB    2013-01-31  CRSP US Small Cap
MGK   2013-04-17  CRSP US Mega Cap Growth
MGV   2013-04-17  CRSP US Mega Cap Value
VUG   2013-04-17  CRSP US Large Cap Growth
VTV   2013-04-17  CRSP US Large Cap Value
VOT   2013-04-17  CRSP US Mid Cap Growth
VOE   2013-04-17  CRSP US Mid Cap Value
VBK   2013-04-17  CRSP US Small Cap Growth
VBR   2013-04-17  CRSP US Small Cap Value
VIG   2021-09-20  S&P U.S. Dividend Growers
VIGI  2021-09-20  S&P Global Ex-U.S. Dividend Growers
"""
# Sources: iShares Trust's supplement of 22 March 2021 (the old indices' last close was the 19th's); SPDR
# Series Trust's supplements for 24 January 2020, and etf.com's description of SPSM; Vanguard's
# announcements of 31 January and 16 April 2013 and of 20 September 2021. A day that is not surely known is
# left out, and so is an index that has another provider and the same securities.


def _index_changes() -> Mapping[str, tuple[IndexChange, ...]]:
    """Return the changes by symbol, the oldest first."""
    found: dict[str, list[IndexChange]] = {}
    for line in _INDEX_CHANGES.strip().splitlines():
        symbol, on, to = line.split(maxsplit=2)
        found.setdefault(symbol, []).append(IndexChange(date.fromisoformat(on), to))
    return {symbol: tuple(sorted(changes, key=lambda change: change.on)) for symbol, changes in found.items()}


INDEX_CHANGES = _index_changes()
"""When a fund began to track another index; older figures describe the old one."""
REGIMES = {
    symbol: FundProfile(symbol, Kind.FUND, index_changes=changes) for symbol, changes in INDEX_CHANGES.items()
}
"""The same as profiles, for who needs to know of no other fact."""

_PEERS = """
Large Blend                 VTI VOO IVV SPY
Large Growth                VUG QQQ IWF
Large Value                 VTV IWD IVE
Mid-Cap Blend               IJH VO MDY SPMD
Mid-Cap Growth              VOT IWP
Mid-Cap Value               VOE IWS
Small Blend                 IWM VB IJR SPSM
Small Growth                IWO VBK IJT XSMO
Small Value                 IWN VBR AVUV
Foreign Large Blend         VXUS VEA IEFA
Diversified Emerging Mkts   VWO IEMG EEM
Long Government             TLT VGLT SPTL IEF
Intermediate Government     IEF VGIT SPTI TLT
Short Government            SHY VGSH SPTS
Ultrashort Bond             BIL SHV SGOV
Intermediate Core Bond      AGG BND
Corporate Bond              LQD VCIT
High Yield Bond             HYG JNK
Inflation-Protected Bond    TIP SCHP
Real Estate                 VNQ XLRE
Technology                  XLK VGT
Health                      XLV VHT
Financial                   XLF VFH
Equity Energy               XLE VDE
Utilities                   XLU VPU
Industrials                 XLI VIS
Consumer Cyclical           XLY VCR
Consumer Defensive          XLP VDC
Communications              XLC VOX
Commodities Focused         GLD IAU
"""
# By Morningstar's categories, as Yahoo Finance tells them: the largest funds that follow a broad index.
_PEERS_BY_CATEGORY = {line[:28].strip(): tuple(line[28:].split()) for line in _PEERS.strip().splitlines()}
_BROAD = ("SPY", "IWM", "TLT")
MOST_PEERS = 2


_REBALANCED = """
S&P 500 | 3 6 9 12 | 3 | S&P Dow Jones Indices, changes of the quarterly rebalance, 6 March 2026
S&P 100 | 3 6 9 12 | 3 | S&P Dow Jones Indices, changes of the quarterly rebalance, 6 March 2026
S&P MidCap 400 | 3 6 9 12 | 3 | S&P Dow Jones Indices, changes of the quarterly rebalance, 6 March 2026
S&P SmallCap 600 | 3 6 9 12 | 3 | S&P Dow Jones Indices, changes of the quarterly rebalance, 6 March 2026
Russell 1000 | 6 | 4 | FTSE Russell, Russell US Indexes to move to a semi-annual reconstitution, 2025
Russell 2000 | 6 | 4 | FTSE Russell, Russell US Indexes to move to a semi-annual reconstitution, 2025
Russell 3000 | 6 | 4 | FTSE Russell, Russell US Indexes to move to a semi-annual reconstitution, 2025
Nasdaq-100 | 3 6 9 12 | 3 | Nasdaq, Nasdaq-100 Index Methodology
"""
# Index, its months, which Friday of them, and who says so: the changes hold from the close of that Friday.
# An index whose day is not surely known is left out.  So are: the second reconstitution of Russell's indices,
# for November by the announcement of 2025 and for December by FTSE Russell's article of February 2026; those
# of CRSP, which take five days that move with holidays; Morningstar's and MSCI's, of which only the months
# could be sourced.


def _rebalances() -> Iterator[tuple[str, RebalanceDays]]:
    for line in _REBALANCED.strip().splitlines():
        index, months, week, source = (cell.strip() for cell in line.split("|"))
        yield index, RebalanceDays(tuple(map(int, months.split())), int(week), source)


@dataclass(frozen=True)
class RebalanceDays:
    """When an index changes: after the close of the `week`-th Friday of its months.  source: who says so."""

    months: tuple[int, ...]
    week: int
    source: str

    def within(self, first: date, last: date) -> Iterator[date]:
        """Yield these Fridays from one day to another, both included.

        >>> days = RebalanceDays((3, 6), 3, "")
        >>> [day.isoformat() for day in days.within(date(2026, 3, 20), date(2026, 6, 19))]
        ['2026-03-20', '2026-06-19']
        """
        for year in range(first.year, last.year + 1):
            for month in self.months:
                day = date(year, month, 1)
                day += timedelta(days=(FRIDAY - day.weekday()) % 7 + 7 * (self.week - 1))
                if first <= day <= last:
                    yield day


FRIDAY = 4
"""Of `date.weekday`."""
REBALANCED = dict(_rebalances())


def rebalances(symbol: str, first: date, last: date) -> tuple[Rebalance, ...]:
    """Find when the index of a well-known fund changes between two days; none where that is not known."""
    changes = INDEX_CHANGES.get(symbol, ())
    index = changes[-1].to if changes else _TRACKED.get(symbol, "")
    days = REBALANCED.get(index)
    return tuple(Rebalance(symbol, index, day) for day in days.within(first, last)) if days else ()


def peers(symbol: str, category: str | None, known: Collection[str] | None = None) -> tuple[str, ...]:
    """Return two funds that one is usefully held against: of its category, else a broad market.

    known : the symbols that can be had; None for any
    """
    named = (*_PEERS_BY_CATEGORY.get(category or "", ()), *_BROAD)
    found = dict.fromkeys(each for each in named if each != symbol and (known is None or each in known))
    return tuple(found)[:MOST_PEERS]


MORNINGSTAR = "Morningstar"
"""Taxonomy of sector weights in Morningstar's eleven sectors."""

_TABLE = """
SPY   SPDR S&P 500 ETF Trust | S&P 500
VOO   Vanguard S&P 500 ETF | S&P 500
IVV   iShares Core S&P 500 ETF | S&P 500
SPYM  SPDR Portfolio S&P 500 ETF
RSP   Invesco S&P 500 Equal Weight ETF | S&P 500 Equal Weight
VTI   Vanguard Total Stock Market ETF | CRSP US Total Market
ITOT  iShares Core S&P Total U.S. Stock Market ETF | S&P Total Market
SCHB  Schwab U.S. Broad Market ETF | Dow Jones U.S. Broad Stock Market
QQQ   Invesco QQQ Trust | Nasdaq-100
QQQM  Invesco NASDAQ 100 ETF | Nasdaq-100
ONEQ  Fidelity Nasdaq Composite Index ETF | Nasdaq Composite
DIA   SPDR Dow Jones Industrial Average ETF Trust | Dow Jones Industrial Average
OEF   iShares S&P 100 ETF | S&P 100
SCHX  Schwab U.S. Large-Cap ETF | Dow Jones U.S. Large-Cap Total Stock Market
VV    Vanguard Large-Cap ETF
IWB   iShares Russell 1000 ETF | Russell 1000
IWV   iShares Russell 3000 ETF | Russell 3000
IWD   iShares Russell 1000 Value ETF | Russell 1000 Value
IWF   iShares Russell 1000 Growth ETF | Russell 1000 Growth
VTV   Vanguard Value ETF
VUG   Vanguard Growth ETF
IVE   iShares S&P 500 Value ETF | S&P 500 Value
IVW   iShares S&P 500 Growth ETF | S&P 500 Growth
SPYV  SPDR Portfolio S&P 500 Value ETF | S&P 500 Value
SPYG  SPDR Portfolio S&P 500 Growth ETF | S&P 500 Growth
SCHG  Schwab U.S. Large-Cap Growth ETF | Dow Jones U.S. Large-Cap Growth Total Stock Market
SCHV  Schwab U.S. Large-Cap Value ETF | Dow Jones U.S. Large-Cap Value Total Stock Market
MGK   Vanguard Mega Cap Growth ETF
MDY   SPDR S&P MidCap 400 ETF Trust | S&P MidCap 400
IJH   iShares Core S&P Mid-Cap ETF | S&P MidCap 400
SPMD  SPDR Portfolio S&P 400 Mid Cap ETF
VO    Vanguard Mid-Cap ETF
IWR   iShares Russell Mid-Cap ETF | Russell Midcap
SCHM  Schwab U.S. Mid-Cap ETF | Dow Jones U.S. Mid-Cap Total Stock Market
IMCB  iShares Morningstar Mid-Cap ETF
IWM   iShares Russell 2000 ETF | Russell 2000
IWN   iShares Russell 2000 Value ETF | Russell 2000 Value
IWO   iShares Russell 2000 Growth ETF | Russell 2000 Growth
VTWO  Vanguard Russell 2000 ETF | Russell 2000
IJR   iShares Core S&P Small-Cap ETF | S&P SmallCap 600
IJS   iShares S&P Small-Cap 600 Value ETF | S&P SmallCap 600 Value
IJT   iShares S&P Small-Cap 600 Growth ETF | S&P SmallCap 600 Growth
SPSM  SPDR Portfolio S&P 600 Small Cap ETF
XSMO  Invesco S&P SmallCap Momentum ETF | S&P SmallCap 600 Momentum
SLYV  SPDR S&P 600 Small Cap Value ETF | S&P SmallCap 600 Value
SLYG  SPDR S&P 600 Small Cap Growth ETF | S&P SmallCap 600 Growth
VIOO  Vanguard S&P Small-Cap 600 ETF | S&P SmallCap 600
VB    Vanguard Small-Cap ETF
VBR   Vanguard Small-Cap Value ETF
VBK   Vanguard Small-Cap Growth ETF
VXF   Vanguard Extended Market ETF | S&P Completion
SCHA  Schwab U.S. Small-Cap ETF | Dow Jones U.S. Small-Cap Total Stock Market
ISCB  iShares Morningstar Small-Cap ETF
ISCV  iShares Morningstar Small-Cap Value ETF
ISCG  iShares Morningstar Small-Cap Growth ETF
AVUV  Avantis U.S. Small Cap Value ETF | active
AVUS  Avantis U.S. Equity ETF | active
DFAS  Dimensional U.S. Small Cap ETF | active
DFAC  Dimensional U.S. Core Equity 2 ETF | active
DFAT  Dimensional U.S. Targeted Value ETF | active
DFSV  Dimensional US Small Cap Value ETF | active
IWC   iShares Micro-Cap ETF | Russell Microcap
CALF  Pacer US Small Cap Cash Cows ETF | Pacer US Small Cap Cash Cows
COWZ  Pacer US Cash Cows 100 ETF | Pacer US Cash Cows 100
MTUM  iShares MSCI USA Momentum Factor ETF
QUAL  iShares MSCI USA Quality Factor ETF | MSCI USA Sector Neutral Quality
USMV  iShares MSCI USA Min Vol Factor ETF | MSCI USA Minimum Volatility
VLUE  iShares MSCI USA Value Factor ETF | MSCI USA Enhanced Value
SPLV  Invesco S&P 500 Low Volatility ETF | S&P 500 Low Volatility
SCHD  Schwab U.S. Dividend Equity ETF | Dow Jones U.S. Dividend 100
VYM   Vanguard High Dividend Yield ETF | FTSE High Dividend Yield
VIG   Vanguard Dividend Appreciation ETF
DGRO  iShares Core Dividend Growth ETF | Morningstar US Dividend Growth
DVY   iShares Select Dividend ETF | Dow Jones U.S. Select Dividend
SDY   SPDR S&P Dividend ETF | S&P High Yield Dividend Aristocrats
HDV   iShares Core High Dividend ETF | Morningstar Dividend Yield Focus
NOBL  ProShares S&P 500 Dividend Aristocrats ETF | S&P 500 Dividend Aristocrats
JEPI  JPMorgan Equity Premium Income ETF | active
XLB   Materials Select Sector SPDR Fund | Materials Select Sector
XLC   Communication Services Select Sector SPDR Fund | Communication Services Select Sector
XLE   Energy Select Sector SPDR Fund | Energy Select Sector
XLF   Financial Select Sector SPDR Fund | Financial Select Sector
XLI   Industrial Select Sector SPDR Fund | Industrial Select Sector
XLK   Technology Select Sector SPDR Fund | Technology Select Sector
XLP   Consumer Staples Select Sector SPDR Fund | Consumer Staples Select Sector
XLRE  Real Estate Select Sector SPDR Fund | Real Estate Select Sector
XLU   Utilities Select Sector SPDR Fund | Utilities Select Sector
XLV   Health Care Select Sector SPDR Fund | Health Care Select Sector
XLY   Consumer Discretionary Select Sector SPDR Fund | Consumer Discretionary Select Sector
VGT   Vanguard Information Technology ETF | MSCI US Investable Market Information Technology 25/50
VHT   Vanguard Health Care ETF | MSCI US Investable Market Health Care 25/50
VFH   Vanguard Financials ETF | MSCI US Investable Market Financials 25/50
VNQ   Vanguard Real Estate ETF | MSCI US Investable Market Real Estate 25/50
SMH   VanEck Semiconductor ETF | MVIS US Listed Semiconductor 25
SOXX  iShares Semiconductor ETF | NYSE Semiconductor
KRE   SPDR S&P Regional Banking ETF | S&P Regional Banks Select Industry
XBI   SPDR S&P Biotech ETF | S&P Biotechnology Select Industry
XOP   SPDR S&P Oil & Gas Exploration & Production ETF | S&P Oil & Gas Exploration & Production Select Industry
ITB   iShares U.S. Home Construction ETF | Dow Jones U.S. Select Home Construction
GDX   VanEck Gold Miners ETF
ARKK  ARK Innovation ETF | active
VXUS  Vanguard Total International Stock ETF | FTSE Global All Cap ex US
VEU   Vanguard FTSE All-World ex-US ETF | FTSE All-World ex US
VEA   Vanguard FTSE Developed Markets ETF | FTSE Developed All Cap ex US
VWO   Vanguard FTSE Emerging Markets ETF | FTSE Emerging Markets All Cap China A Inclusion
VT    Vanguard Total World Stock ETF | FTSE Global All Cap
ACWI  iShares MSCI ACWI ETF | MSCI ACWI
EFA   iShares MSCI EAFE ETF | MSCI EAFE
IEFA  iShares Core MSCI EAFE ETF | MSCI EAFE IMI
EEM   iShares MSCI Emerging Markets ETF | MSCI Emerging Markets
IEMG  iShares Core MSCI Emerging Markets ETF | MSCI Emerging Markets IMI
SCHF  Schwab International Equity ETF | FTSE Developed ex US
SCZ   iShares MSCI EAFE Small-Cap ETF | MSCI EAFE Small Cap
VSS   Vanguard FTSE All-World ex-US Small-Cap ETF | FTSE Global Small Cap ex US
VGK   Vanguard FTSE Europe ETF | FTSE Developed Europe All Cap
EWJ   iShares MSCI Japan ETF | MSCI Japan
EWZ   iShares MSCI Brazil ETF | MSCI Brazil 25/50
FXI   iShares China Large-Cap ETF | FTSE China 50
INDA  iShares MSCI India ETF | MSCI India
AGG   iShares Core U.S. Aggregate Bond ETF | Bloomberg US Aggregate Bond
BND   Vanguard Total Bond Market ETF | Bloomberg U.S. Aggregate Float Adjusted
BNDX  Vanguard Total International Bond ETF
SCHZ  Schwab U.S. Aggregate Bond ETF | Bloomberg US Aggregate Bond
TLT   iShares 20+ Year Treasury Bond ETF | ICE U.S. Treasury 20+ Year Bond
TLH   iShares 10-20 Year Treasury Bond ETF | ICE U.S. Treasury 10-20 Year Bond
IEF   iShares 7-10 Year Treasury Bond ETF | ICE U.S. Treasury 7-10 Year Bond
IEI   iShares 3-7 Year Treasury Bond ETF | ICE U.S. Treasury 3-7 Year Bond
SHY   iShares 1-3 Year Treasury Bond ETF | ICE U.S. Treasury 1-3 Year Bond
SHV   iShares Short Treasury Bond ETF | ICE Short US Treasury Securities
GOVT  iShares U.S. Treasury Bond ETF | ICE U.S. Treasury Core Bond
BIL   SPDR Bloomberg 1-3 Month T-Bill ETF | Bloomberg 1-3 Month U.S. Treasury Bill
SGOV  iShares 0-3 Month Treasury Bond ETF | ICE 0-3 Month US Treasury Securities
TIP   iShares TIPS Bond ETF
VTIP  Vanguard Short-Term Inflation-Protected Securities ETF
LQD   iShares iBoxx $ Investment Grade Corporate Bond ETF | Markit iBoxx USD Liquid Investment Grade
VCIT  Vanguard Intermediate-Term Corporate Bond ETF | Bloomberg U.S. 5-10 Year Corporate Bond
VCSH  Vanguard Short-Term Corporate Bond ETF | Bloomberg U.S. 1-5 Year Corporate Bond
HYG   iShares iBoxx $ High Yield Corporate Bond ETF | Markit iBoxx USD Liquid High Yield
JNK   SPDR Bloomberg High Yield Bond ETF | Bloomberg High Yield Very Liquid
MUB   iShares National Muni Bond ETF
MBB   iShares MBS ETF | Bloomberg US MBS
EMB   iShares J.P. Morgan USD Emerging Markets Bond ETF | J.P. Morgan EMBI Global Core
BSV   Vanguard Short-Term Bond ETF | Bloomberg U.S. 1-5 Year Government/Credit Float Adjusted
GLD   SPDR Gold Shares | physical
IAU   iShares Gold Trust | physical
SLV   iShares Silver Trust | physical
DBC   Invesco DB Commodity Index Tracking Fund
USO   United States Oil Fund
IBIT  iShares Bitcoin Trust ETF | physical
"""

_ROWS = [line.partition(" ") for line in _TABLE.strip().splitlines()]
NAMES: Mapping[str, str] = {symbol: row.partition("|")[0].strip() for symbol, _, row in _ROWS}
"""Widely used US exchange-traded funds by symbol, for suggestions and as a name when the source is silent."""
_TRACKED = {symbol: row.partition("|")[2].strip() for symbol, _, row in _ROWS if "|" in row}
"""What each follows, by its issuer's prospectus, or a word for what follows no index; those with a change of
index have it there.  One that is not surely known is left out.
"""
_NO_INDEX = {"active": Approach.ACTIVE, "physical": Approach.PHYSICAL}
_BRANDS = {
    "iShares": "BlackRock (iShares)",
    "SPDR": "State Street (SPDR)",
    "Vanguard": "Vanguard",
    "Invesco": "Invesco",
    "Schwab": "Charles Schwab",
    "Fidelity": "Fidelity",
    "Avantis": "American Century (Avantis)",
    "Dimensional": "Dimensional",
    "ProShares": "ProShares",
    "JPMorgan": "J.P. Morgan",
    "VanEck": "VanEck",
    "ARK": "ARK Invest",
    "Pacer": "Pacer",
    "Direxion": "Direxion",
    "WisdomTree": "WisdomTree",
}
"""Providers by the word of a fund's name that is their trade mark."""
_ISSUER, _CHECKED = "issuer's prospectus", date(2025, 12, 31)
_BY_NAME = "by its name"


def complete_profile(profile: FundProfile, day: date) -> FundProfile:
    """Add to a fund's profile what no source sends along: index and its changes, approach; its name and
    provider where the source is silent.

    day : of the profile; what follows from the name is of that day
    """
    symbol, name = profile.symbol, profile.name or NAMES.get(profile.symbol, "")
    changes = INDEX_CHANGES.get(symbol, ())
    tracked = changes[-1].to if changes else _TRACKED.get(symbol)
    approach = _NO_INDEX.get(tracked or "") or (Approach.INDEX if tracked else None)
    index = tracked if approach is Approach.INDEX else None
    named = _approach_by_name(name, profile.category)
    provider = next((family for word, family in _BRANDS.items() if _is_branded(name, word)), None)
    return replace(
        profile,
        name=name,
        provider=profile.provider or (Fact(provider, _BY_NAME, day) if provider else None),
        index=Fact(index, _ISSUER, _CHECKED) if index else None,
        approach=Fact(approach, _ISSUER, _CHECKED)
        if approach
        else (Fact(named, _BY_NAME, day) if named else None),
        index_changes=changes,
    )


def _is_branded(name: str, brand: str) -> bool:
    """Tell whether a name begins with a brand; "SPDR" may stand anywhere in it."""
    words = name.split()
    return brand in words if brand == "SPDR" else words[:1] == [brand]


_INDEX_FUND = re.compile(r"\bindex (?:fund|etf|trust|portfolio)\b", re.IGNORECASE)
_NOT_PLAIN = re.compile(r"\b(?:enhanced|plus|active|leveraged|inverse|[23]x|ultra\w*)\b", re.IGNORECASE)
_ACTIVE = re.compile(r"\b(?:active|actively)\b", re.IGNORECASE)


def _approach_by_name(name: str, category: str | None) -> Approach | None:
    """Read the approach from a fund's own name or from Morningstar's category; None where neither says it."""
    if category and category.startswith("Trading--"):
        if category.startswith("Trading--Leveraged"):
            return Approach.LEVERAGED
        return Approach.INVERSE if category.startswith("Trading--Inverse") else None
    if _INDEX_FUND.search(name) and not _NOT_PLAIN.search(name):
        return Approach.INDEX
    return Approach.ACTIVE if _ACTIVE.search(name) and not _INDEX_FUND.search(name) else None


RENAMED: Mapping[str, str] = {
    "SPLG": "SPYM",
    "QQQQ": "QQQ",
    "JKD": "ILCB",
    "JKE": "ILCG",
    "JKF": "ILCV",
    "JKG": "IMCB",
    "JKH": "IMCG",
    "JKI": "IMCV",
    "JKJ": "ISCB",
    "JKK": "ISCG",
    "JKL": "ISCV",
    "FB": "META",
}
"""What is traded under another symbol now, by the old one."""


def is_index(symbol: str) -> bool:
    """Return True for an index such as ^IRX: it has prices but no fund facts."""
    return symbol.startswith("^")


def empty_profile(symbol: str, fetched: date) -> FundProfile:
    """Make what is known of a symbol without any source: of an index, or where a question failed."""
    kind = Kind.INDEX if is_index(symbol) else Kind.FUND
    return complete_profile(FundProfile(symbol, kind), fetched)


def not_a_fund_note(symbol: str, kind: Kind) -> Note:
    """Return the note that explains why a profile holds no fund facts."""
    return Note(NoteKind.NOT_A_FUND, symbol, {"kind": kind.value})


def suggest_symbols(
    unknown: Iterable[str], ended: Collection[str] = frozenset()
) -> dict[str, tuple[str, ...]]:
    """Find what may be meant by symbols that a source cannot price.

    ended : those of them that it knows: they are no slips, so only their new names are of use.
    """
    return {symbol: _new_name(symbol) if symbol in ended else similar_symbols(symbol) for symbol in unknown}


def similar_symbols(symbol: str) -> tuple[str, ...]:
    """Find up to three well-known symbols that may be meant by one that a source does not know, best first.

    They are one slip of the finger away (two from four letters on).  A symbol that is, or was, well known
    itself is no slip: of such a one the new name is given, or nothing.
    """
    wanted = symbol.upper()
    if wanted in RENAMED or wanted in NAMES:
        return _new_name(wanted)
    slips = {name: _edit_distance(wanted, name) for name in NAMES}
    fewest = min(slips.values())
    if fewest > (1 if len(wanted) < 4 else 2):
        return ()
    close = [name for name, count in slips.items() if count == fewest]
    return tuple(sorted(close, key=lambda name: (sorted(name) != sorted(wanted), name))[:3])


def _new_name(symbol: str) -> tuple[str, ...]:
    return (RENAMED[symbol],) if symbol in RENAMED else ()


def _edit_distance(first: str, second: str) -> int:
    """Count letters added, dropped, replaced or swapped with a neighbour (optimal string alignment)."""
    before: list[int] = []
    row = list(range(len(second) + 1))
    for i, letter in enumerate(first, 1):
        older, before, row = before, row, [i]
        for j, other in enumerate(second, 1):
            best = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != other))
            if i > 1 and j > 1 and (letter, other) == (second[j - 2], first[i - 2]):
                best = min(best, older[j - 2] + 1)
            row.append(best)
    return row[-1]
