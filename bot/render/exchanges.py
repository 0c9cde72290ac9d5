"""What exchanges are called: by their cities, as people speak of them; plain text."""

from __future__ import annotations

_NAMES = """
XNYS New York
CMES Chicago
24/5 currency markets
24/7 coin markets
XTSE Toronto
XMEX Mexico City
BVMF São Paulo
XBUE Buenos Aires
XSGO Santiago
XBOG Bogotá
XLIM Lima
XLON London
XDUB Dublin
XETR Xetra
XFRA Frankfurt
XSTU Stuttgart
XDUS Düsseldorf
XHAM Hamburg
XPAR Paris
XAMS Amsterdam
XBRU Brussels
XLIS Lisbon
XMIL Milan
XMAD Madrid
XSWX Zurich
XWBO Vienna
XSTO Stockholm
XHEL Helsinki
XCSE Copenhagen
XOSL Oslo
XICE Reykjavik
XTAL Tallinn
XRIS Riga
XLIT Vilnius
XWAR Warsaw
XPRA Prague
XBUD Budapest
XZAG Zagreb
ASEX Athens
XBSE Bucharest
XIST Istanbul
XMOS Moscow
XTAE Tel Aviv
XSAU Riyadh
XJSE Johannesburg
XASX Sydney
XNZE Auckland
XTKS Tokyo
XHKG Hong Kong
XSHG Shanghai
XTAI Taipei
XKRX Seoul
XSES Singapore
XBOM Mumbai
XBKK Bangkok
XIDX Jakarta
XKLS Kuala Lumpur
XPHS Manila
XKAR Karachi
"""

EXCHANGES = dict(line.split(" ", 1) for line in _NAMES.strip().splitlines())


def exchange_name(code: str) -> str:
    """Name an exchange: "London"; one without a name here by its code."""
    return EXCHANGES.get(code, code)
