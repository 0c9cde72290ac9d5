"""Made files of holdings, in the shapes that issuers and the SEC publish."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

NPORT = """
<?xml version="1.0" encoding="UTF-8"?>
<edgarSubmission xmlns="http://www.sec.gov/edgar/nport" xmlns:com="http://www.sec.gov/edgar/common">
  <headerData><submissionType>NPORT-P</submissionType></headerData>
  <formData>
    <genInfo>
      <regName>{trust}</regName>
      <seriesName>{fund}</seriesName>
      <seriesId>S000000000</seriesId>
      <repPdEnd>2026-03-31</repPdEnd>
      <repPdDate>{day}</repPdDate>
    </genInfo>
    <fundInfo><totAssets>1000.00</totAssets><netAssets>1000.00</netAssets></fundInfo>
    <invstOrSecs>{positions}</invstOrSecs>
  </formData>
</edgarSubmission>
"""

POSITION = """
      <invstOrSec>
        <name>{name}</name>
        <lei>N/A</lei>
        <title>{name}</title>
        <cusip>{cusip}</cusip>
        <identifiers>{identifiers}</identifiers>
        <balance>{balance}</balance>
        <units>NS</units>
        <curCd>USD</curCd>
        <valUSD>{value}</valUSD>
        <pctVal>{percent}</pctVal>
        <payoffProfile>Long</payoffProfile>
        <assetCat>{kind}</assetCat>
        <issuerCat>CORP</issuerCat>
        <invCountry>US</invCountry>
        <isRestrictedSec>N</isRestrictedSec>
        <fairValLevel>1</fairValLevel>
        {more}
        <securityLending>
          <isCashCollateral>{collateral}</isCashCollateral>
          <isNonCashCollateral>N</isNonCashCollateral>
          <isLoanByFund>N</isLoanByFund>
        </securityLending>
      </invstOrSec>"""


def nport_position(
    name: str,
    percent: float | str,
    *,
    cusip: str = "N/A",
    isin: str = "",
    kind: str = "EC",
    balance: float | str = 100.0,
    value: float | str = 1000.0,
    collateral: str = "N",
    more: str = "",
) -> str:
    """One position of a form."""
    identifiers = f"<isin value={quoteattr(isin)}/>" if isin else ""
    return POSITION.format(
        name=escape(name),
        percent=percent,
        cusip=cusip,
        identifiers=identifiers,
        kind=kind,
        balance=balance,
        value=value,
        collateral=collateral,
        more=more,
    )


def nport(
    *positions: str, fund: str = "Sample ETF", trust: str = "Sample Trust", day: str = "2025-12-31"
) -> bytes:
    """A form, with the blank line before its declaration that some have."""
    text = NPORT.format(fund=escape(fund), trust=escape(trust), day=day, positions="".join(positions))
    return text.encode()


ISHARES_HEAD = (
    "Ticker,Name,Sector,Asset Class,Market Value,Weight (%),Notional Value,Quantity,Price,Location,Exchange,"
    "Currency,FX Rate,Market Currency,Accrual Date"
)


def ishares_row(
    ticker: str,
    name: str,
    weight: str,
    *,
    sector: str = "Energy",
    kind: str = "Equity",
    value: str = "-",
    quantity: str = "-",
    price: str = "-",
    traded: str = "USD",
) -> str:
    """One line of an issuer's CSV."""
    cells = [
        ticker,
        name,
        sector,
        kind,
        value,
        weight,
        value,
        quantity,
        price,
        "United States",
        "NASDAQ",
        "USD",
        "1.00",
        traded,
        "-",
    ]
    return ",".join(f'"{cell}"' for cell in cells)


def ishares(*rows: str, fund: str = "iShares Sample ETF", day: str = "Jan 21, 2026") -> bytes:
    """An issuer's CSV: a byte order mark, nine lines above its heading, small print below."""
    above = [
        fund,
        f'Fund Holdings as of,"{day}"',
        'Inception Date,"May 22, 2000"',
        'Shares Outstanding,"291,350,000.00"',
        *(f'{name},"-"' for name in ("Stock", "Bond", "Cash", "Other")),
        "\u00a0",
    ]
    below = [
        "\u00a0",
        '"The content, and ""all of it"",\nis copyright, Jan 1, 2031."',
        "©2023, or its affiliates",
    ]
    return ("\ufeff" + "\r\n".join([*above, ISHARES_HEAD, *rows, *below])).encode()


def _relation(kinds: str, kind: str, target: str) -> str:
    relation = f'<Relationship Id="rId1" Type="{kind}" Target="{target}"/>'
    return f'<Relationships xmlns="{kinds}/relationships">{relation}</Relationships>'


SHEET = '<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{rows}</sheetData></worksheet>'


def cells_xml(rows: Sequence[Sequence[str | float]]) -> str:
    """Rows of a sheet: texts in their cells, numbers as such."""
    lines = []
    for number, row in enumerate(rows, 1):
        cells = []
        for column, value in enumerate(row):
            place = f"{chr(65 + column)}{number}"
            if isinstance(value, str):
                cells.append(f'<c r="{place}" t="inlineStr"><is><t>{escape(value)}</t></is></c>')
            else:
                cells.append(f'<c r="{place}"><v>{value!r}</v></c>')
        lines.append(f'<row r="{number}">{"".join(cells)}</row>')
    return "".join(lines)


def workbook(rows: str, **parts: bytes) -> bytes:
    """An XLSX of one sheet, from the XML of its rows; parts : put in beside, by name."""
    space = "http://schemas.openxmlformats.org"
    kinds, office = f"{space}/package/2006", f"{space}/officeDocument/2006/relationships"
    typed = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    files = {
        "[Content_Types].xml": f'<Types xmlns="{kinds}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{typed}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{typed}.worksheet+xml"/></Types>',
        "_rels/.rels": _relation(kinds, f"{office}/officeDocument", "xl/workbook.xml"),
        "xl/workbook.xml": f'<workbook xmlns="{space}/spreadsheetml/2006/main" xmlns:r="{office}">'
        '<sheets><sheet name="holdings" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": _relation(kinds, f"{office}/worksheet", "worksheets/sheet1.xml"),
        "xl/worksheets/sheet1.xml": SHEET.format(rows=rows),
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


SSGA_HEAD = ("Name", "Ticker", "Identifier", "SEDOL", "Weight", "Sector", "Shares Held", "Local Currency")


def ssga(
    *rows: Sequence[str | float],
    symbol: str = "SPX",
    fund: str = "SPDR® Sample ETF",
    day: str = "30-Sep-2025",
) -> bytes:
    """An issuer's XLSX: four lines above its heading, small print below."""
    above = [["Fund Name:", fund], ["Ticker Symbol:", symbol], ["Holdings:", f"As of {day}"], [""]]
    below = [[""], ["Past performance is not a reliable indicator of future performance."]]
    return workbook(cells_xml([*above, SSGA_HEAD, *rows, *below]))
