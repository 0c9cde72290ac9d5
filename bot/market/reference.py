"""Facts about symbols that no source sends along: well-known names, new names, changes of index."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date

from analytics.fund import IndexChange

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
SPY   SPDR S&P 500 ETF Trust
VOO   Vanguard S&P 500 ETF
IVV   iShares Core S&P 500 ETF
SPYM  SPDR Portfolio S&P 500 ETF
RSP   Invesco S&P 500 Equal Weight ETF
VTI   Vanguard Total Stock Market ETF
ITOT  iShares Core S&P Total U.S. Stock Market ETF
SCHB  Schwab U.S. Broad Market ETF
QQQ   Invesco QQQ Trust
QQQM  Invesco NASDAQ 100 ETF
ONEQ  Fidelity Nasdaq Composite Index ETF
DIA   SPDR Dow Jones Industrial Average ETF Trust
OEF   iShares S&P 100 ETF
SCHX  Schwab U.S. Large-Cap ETF
VV    Vanguard Large-Cap ETF
IWB   iShares Russell 1000 ETF
IWV   iShares Russell 3000 ETF
IWD   iShares Russell 1000 Value ETF
IWF   iShares Russell 1000 Growth ETF
VTV   Vanguard Value ETF
VUG   Vanguard Growth ETF
IVE   iShares S&P 500 Value ETF
IVW   iShares S&P 500 Growth ETF
SPYV  SPDR Portfolio S&P 500 Value ETF
SPYG  SPDR Portfolio S&P 500 Growth ETF
SCHG  Schwab U.S. Large-Cap Growth ETF
SCHV  Schwab U.S. Large-Cap Value ETF
MGK   Vanguard Mega Cap Growth ETF
MDY   SPDR S&P MidCap 400 ETF Trust
IJH   iShares Core S&P Mid-Cap ETF
SPMD  SPDR Portfolio S&P 400 Mid Cap ETF
VO    Vanguard Mid-Cap ETF
IWR   iShares Russell Mid-Cap ETF
SCHM  Schwab U.S. Mid-Cap ETF
IMCB  iShares Morningstar Mid-Cap ETF
IWM   iShares Russell 2000 ETF
IWN   iShares Russell 2000 Value ETF
IWO   iShares Russell 2000 Growth ETF
VTWO  Vanguard Russell 2000 ETF
IJR   iShares Core S&P Small-Cap ETF
IJS   iShares S&P Small-Cap 600 Value ETF
IJT   iShares S&P Small-Cap 600 Growth ETF
SPSM  SPDR Portfolio S&P 600 Small Cap ETF
XSMO  Invesco S&P SmallCap Momentum ETF
SLYV  SPDR S&P 600 Small Cap Value ETF
SLYG  SPDR S&P 600 Small Cap Growth ETF
VIOO  Vanguard S&P Small-Cap 600 ETF
VB    Vanguard Small-Cap ETF
VBR   Vanguard Small-Cap Value ETF
VBK   Vanguard Small-Cap Growth ETF
VXF   Vanguard Extended Market ETF
SCHA  Schwab U.S. Small-Cap ETF
ISCB  iShares Morningstar Small-Cap ETF
ISCV  iShares Morningstar Small-Cap Value ETF
ISCG  iShares Morningstar Small-Cap Growth ETF
AVUV  Avantis U.S. Small Cap Value ETF
AVUS  Avantis U.S. Equity ETF
DFAS  Dimensional U.S. Small Cap ETF
DFAC  Dimensional U.S. Core Equity 2 ETF
DFAT  Dimensional U.S. Targeted Value ETF
DFSV  Dimensional US Small Cap Value ETF
IWC   iShares Micro-Cap ETF
CALF  Pacer US Small Cap Cash Cows ETF
COWZ  Pacer US Cash Cows 100 ETF
MTUM  iShares MSCI USA Momentum Factor ETF
QUAL  iShares MSCI USA Quality Factor ETF
USMV  iShares MSCI USA Min Vol Factor ETF
VLUE  iShares MSCI USA Value Factor ETF
SPLV  Invesco S&P 500 Low Volatility ETF
SCHD  Schwab U.S. Dividend Equity ETF
VYM   Vanguard High Dividend Yield ETF
VIG   Vanguard Dividend Appreciation ETF
DGRO  iShares Core Dividend Growth ETF
DVY   iShares Select Dividend ETF
SDY   SPDR S&P Dividend ETF
HDV   iShares Core High Dividend ETF
NOBL  ProShares S&P 500 Dividend Aristocrats ETF
JEPI  JPMorgan Equity Premium Income ETF
XLB   Materials Select Sector SPDR Fund
XLC   Communication Services Select Sector SPDR Fund
XLE   Energy Select Sector SPDR Fund
XLF   Financial Select Sector SPDR Fund
XLI   Industrial Select Sector SPDR Fund
XLK   Technology Select Sector SPDR Fund
XLP   Consumer Staples Select Sector SPDR Fund
XLRE  Real Estate Select Sector SPDR Fund
XLU   Utilities Select Sector SPDR Fund
XLV   Health Care Select Sector SPDR Fund
XLY   Consumer Discretionary Select Sector SPDR Fund
VGT   Vanguard Information Technology ETF
VHT   Vanguard Health Care ETF
VFH   Vanguard Financials ETF
VNQ   Vanguard Real Estate ETF
SMH   VanEck Semiconductor ETF
SOXX  iShares Semiconductor ETF
KRE   SPDR S&P Regional Banking ETF
XBI   SPDR S&P Biotech ETF
XOP   SPDR S&P Oil & Gas Exploration & Production ETF
ITB   iShares U.S. Home Construction ETF
GDX   VanEck Gold Miners ETF
ARKK  ARK Innovation ETF
VXUS  Vanguard Total International Stock ETF
VEU   Vanguard FTSE All-World ex-US ETF
VEA   Vanguard FTSE Developed Markets ETF
VWO   Vanguard FTSE Emerging Markets ETF
VT    Vanguard Total World Stock ETF
ACWI  iShares MSCI ACWI ETF
EFA   iShares MSCI EAFE ETF
IEFA  iShares Core MSCI EAFE ETF
EEM   iShares MSCI Emerging Markets ETF
IEMG  iShares Core MSCI Emerging Markets ETF
SCHF  Schwab International Equity ETF
SCZ   iShares MSCI EAFE Small-Cap ETF
VSS   Vanguard FTSE All-World ex-US Small-Cap ETF
VGK   Vanguard FTSE Europe ETF
EWJ   iShares MSCI Japan ETF
EWZ   iShares MSCI Brazil ETF
FXI   iShares China Large-Cap ETF
INDA  iShares MSCI India ETF
AGG   iShares Core U.S. Aggregate Bond ETF
BND   Vanguard Total Bond Market ETF
BNDX  Vanguard Total International Bond ETF
SCHZ  Schwab U.S. Aggregate Bond ETF
TLT   iShares 20+ Year Treasury Bond ETF
TLH   iShares 10-20 Year Treasury Bond ETF
IEF   iShares 7-10 Year Treasury Bond ETF
IEI   iShares 3-7 Year Treasury Bond ETF
SHY   iShares 1-3 Year Treasury Bond ETF
SHV   iShares Short Treasury Bond ETF
GOVT  iShares U.S. Treasury Bond ETF
BIL   SPDR Bloomberg 1-3 Month T-Bill ETF
SGOV  iShares 0-3 Month Treasury Bond ETF
TIP   iShares TIPS Bond ETF
VTIP  Vanguard Short-Term Inflation-Protected Securities ETF
LQD   iShares iBoxx $ Investment Grade Corporate Bond ETF
VCIT  Vanguard Intermediate-Term Corporate Bond ETF
VCSH  Vanguard Short-Term Corporate Bond ETF
HYG   iShares iBoxx $ High Yield Corporate Bond ETF
JNK   SPDR Bloomberg High Yield Bond ETF
MUB   iShares National Muni Bond ETF
MBB   iShares MBS ETF
EMB   iShares J.P. Morgan USD Emerging Markets Bond ETF
BSV   Vanguard Short-Term Bond ETF
GLD   SPDR Gold Shares
IAU   iShares Gold Trust
SLV   iShares Silver Trust
DBC   Invesco DB Commodity Index Tracking Fund
USO   United States Oil Fund
IBIT  iShares Bitcoin Trust ETF
"""

NAMES: Mapping[str, str] = {
    symbol: name.strip() for symbol, _, name in (line.partition(" ") for line in _TABLE.strip().splitlines())
}
"""Widely used US exchange-traded funds by symbol, for suggestions and as a name when the source is silent."""


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
