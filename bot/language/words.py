"""What all commands read alike: plain text, rates, symbols, and English words that are none."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from analytics.fund import is_mix
from analytics.returns import Rate
from bot.commands import Command
from bot.errors import Unclear
from bot.language.mixes.fold import fold_mixes, is_folded, mix_symbol
from bot.render.text import join_words, printable

EARLIEST = date(1970, 1, 2)
"""First session of the exchange calendar."""
MOST_CHARACTERS = 500
MOST_RATE = 50.0
RATES = f"`rf=0`, `rf=tbill` or a percentage like `rf=4%`, at most {MOST_RATE:g}%"

MARKS = {ord(mark): " " for mark in "\"'`´“”„‟‘’‚‛«»‹›*_~"}
"""Quotes of any kind, and what makes letters bold in Slack."""
_DASHES = {ord(dash): "-" for dash in "\u2010\u2011\u2012–—―−"}
_GROUPED = re.compile(r"(?<![\w.,])(?<!\d-)\d{1,3}(?:[ '`_\u2018\u2019\u02bc\u2032]\d{3})+(?!\d)", re.ASCII)
"""A number whose thousands stand apart, as it is written where a comma is a decimal one."""
_LINK = re.compile(r"<(?:https?://|mailto:)[^<>|]*\|([^<>]*)>")
SUFFIX_LETTERS = frozenset("FLTV")
"""Exchanges behind a dot that are one letter: VUSA.L is traded in London, and no class of shares."""
_SHARE_CLASS = re.compile(r"(?<![A-Za-z0-9])([A-Za-z]{2,6})([./])([A-Za-z])(?![A-Za-z0-9/])")
_SYMBOL = re.compile(r"\^?[a-z0-9]+(?:[.=-][a-z0-9]+)*", re.IGNORECASE | re.ASCII)
_WEIGHTS = re.compile(r"\d ?(?:%|percent|pct)|\d/\d", re.IGNORECASE | re.ASCII)
"""Without one of these no mix of funds is in a text."""
_MOST_LETTERS = 12
_MOST_WORDS = 6


def require_readable(command: Command, text: str) -> None:
    """Raise Unclear for a text that is too long to be a question."""
    if len(text) > MOST_CHARACTERS:
        wrong = f"The text has {len(text):,} characters; at most {MOST_CHARACTERS} are read."
        raise Unclear(command.name, text[:MOST_CHARACTERS], (wrong,))


def plain_text(text: str) -> str:
    """Return the text as `seen_text` does, every mix of funds in it as one word.

    >>> plain_text("60% SPY and 40% TLT vs IWM")
    '60%SPY+40%TLT vs IWM'
    """
    seen = seen_text(text)
    return fold_mixes(seen, read_component) if _WEIGHTS.search(seen) else seen


def seen_text(text: str) -> str:
    """Return the text without Slack's escapes and links, letters of another width, and what cannot be seen.

    >>> seen_text("assets &lt; 200\u2019000\u2019000, 1 500 sessions")
    'assets < 200000000, 1500 sessions'
    """
    bare = _LINK.sub(r"\1", text)
    for escape, character in (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
        bare = bare.replace(escape, character)
    seen = printable(unicodedata.normalize("NFKC", bare)).translate(_DASHES)
    return _GROUPED.sub(lambda number: re.sub(r"\D", "", number[0]), seen)


def read_component(word: str) -> str | None:
    """Read a word as a fund of a mix; None for a word of English, which is one behind a `$` alone."""
    return symbol_of(word) if PLACED.is_symbol(word) else None


def with_dashes(text: str) -> str:
    """Write classes of shares with a dash, as sources do: BRK.B and BRK/B are BRK-B."""
    return _SHARE_CLASS.sub(_with_dash, text)


def _with_dash(found: re.Match[str]) -> str:
    name, mark, letter = found.groups()
    return found[0] if mark == "." and letter.upper() in SUFFIX_LETTERS else f"{name}-{letter}"


def symbol_of(word: str) -> str | None:
    """Return a word as a symbol, upper case and without its `$`; None where it cannot be one.

    >>> symbol_of("brk.b"), symbol_of("VUSA.L"), symbol_of("16 %"), symbol_of("60%SPY+40%TLT")
    ('BRK-B', 'VUSA.L', None, '60%SPY+40%TLT')
    """
    if is_mix(word):
        return mix_symbol(word.lstrip("$")) if is_folded(word.lstrip("$")) else None
    symbol = with_dashes(word.lstrip("$"))
    fits = _SYMBOL.fullmatch(symbol) and re.search("[A-Za-z]", symbol) and len(symbol) <= _MOST_LETTERS
    return symbol.upper() if fits else None


def rate_of(value: str) -> Rate | None:
    """Return what follows `rf=`; None where it is no rate.

    >>> rate_of("4%"), rate_of("tbill"), rate_of("4")
    (Rate(annual=0.04), Rate(annual=None), None)
    """
    if re.fullmatch(r"0(?:\.0+)?%?", value):
        return Rate(0.0)
    if value in {"tbill", "t-bill", "tbills", "t-bills"}:
        return Rate(None)
    found = re.fullmatch(r"(\d{1,2}(?:\.\d{1,4})?)%", value)
    return Rate(float(Decimal(found[1]) / 100)) if found and float(found[1]) <= MOST_RATE else None


def rate_text(rate: Rate) -> str:
    """Write a rate as it is typed: "tbill", "0", "4%"."""
    if rate.annual is None:
        return "tbill"
    return f"{(Decimal(repr(rate.annual)) * 100).normalize():f}%" if rate.annual else "0"


def list_some(words: Iterable[str]) -> str:
    """Return the first few of the words, each once, and how many more there are."""
    distinct = list(dict.fromkeys(words))
    more = [f"{len(distinct) - _MOST_WORDS} more"] if len(distinct) > _MOST_WORDS else []
    return join_words([*distinct[:_MOST_WORDS], *more])


def safe_word(word: str) -> str:
    """Return a word safe to show between backticks, cut to a readable length."""
    shown = word.replace("`", "'")
    return shown if len(shown) <= 40 else f"{shown[:40]}…"


SHORT = 5
"""Letters of a ticker at most; longer words in small letters are none."""

PAIR = 2

_IDLE = (
    "@watchpoint a about above again all also an are as at be been between both but by can cc could did",
    "do does each etf etfs from fund funds get give has have hello here hey hi how hows i if in instead",
    "is it its just kindly let lets like look me much my need now of ok okay on only or other our out",
    "please pls plz s same see should show shows so tell thank thanks that their them then there these",
    "they this those to too us use using want was watchpoint we were what whats when which who will would",
    "you your",
)
IDLE = frozenset(word for line in _IDLE for word in line.split())
"""Words without a meaning of their own."""

_CAPITALS = (
    "ai am any api apr asap aug aum bn bp bps btw cagr capex ccy ceo cet cfo cio cnbc coo cpi csv cto",
    "data dd dec dm dxy ebit ecb edt em emea eod eom eps esg est et eta etc eu eur faq feb fed fomc fx fy",
    "fyi gbp gdp gmt hf id imo inc ipo ir irr isin jan jpy jul jun kpi llc lol ltd mar max mom mtd nav",
    "nov nyc nyse oct otc pa pdf pe pm pmi pnl ppt qa qe qoq qt qtd roe roi sec sep sept tba tbc tbd te",
    "ter ucits uk usa usd utc var wtd yoy ytd adv avg mkt thx",
)
"""Abbreviations that stand in capitals in any talk about money."""

_COMMON_WORDS = (
    "a.m able abort abuse acid act actor acts acute adapt add added adds admit adopt adult after age",
    "agent aging ago agree ah ahead aid aide aim ain aint air alarm album alert alias alien align alike",
    "alive alley allow ally almost alone along alpha alter always amber amid among ample and anew angel",
    "anger angle angry ankle anti anyway apart apple apply apps april area arena arent argue arise arm",
    "arms army arose around array arrow art ash asia aside ask asked asks ass asset ate audio audit aunt",
    "auto avoid await awake award aware away awful awoke axe aye baby back backs bad badge badly bag bail",
    "baker ball band bang bank banks bar bare bark barn base bases basic basin basis batch bath beach",
    "beam bean bear beard beast beat beats bed beds bee beef beer began begin being bell belly below belt",
    "bench bend bent berry best bet beta bets better beyond bid biden big bike bill bills bind bird birth",
    "bit bite bits black blade blame blank bless blind block blood blow blue blunt board boat boats body",
    "boil bold bomb bond bonds bone book books boom boot booth born boss bought bound bowl box boxes boy",
    "boys brain brake brand brass brave brazil bread break breed brexit brick bride brief bring bro broad",
    "brown brush bug build built bulk bull bulls bump bunch burn burst bury bus bush bust busy buy buys",
    "bye cab cabin cable cage cake calf call calls calm came camp canal candy cant cap caps card cards",
    "care cargo carol carry cars carve case cases cash catch cause cave cease cells cent chain chair",
    "chalk champ chaos charm chart chase chat cheap check cheek cheer chef chess chest chew chief child",
    "chill chin china chip chips choir chop chose cite city civic civil claim clash class clean clear",
    "clerk click cliff climb cling clock close cloth cloud club clubs clue coach coal coast coat code",
    "codes coin coins cold colon color colour come comes comic cons cook cool cops copy cord core cost",
    "costs couch cough count court cover covid crack craft crane crap crash crawl crazy cream creek crew",
    "cried crime crisis crop cross crowd crown crude cruel cry cube cult cup curse curve cut cuts cycle",
    "dad daddy daily dam damn damp dance dare dark dash date dates dawn day days dead deaf deal dealt",
    "dean dear death debt debts decay deck decor deed deep deer defer delay delta demo dense deny depth",
    "desk desks despite devil dial diary dice didnt die died dies diff dig dip dirt dirty disc dish disk",
    "ditch ditto dive dizzy dock doesnt dog dogs doing done dont door doors dose dots doubt dough dove",
    "down dozen draft drag drain drama drank draw drawn draws dread dream dress drew dried drift drill",
    "drink drive drop drops drown drug drum drunk dry duck dude due duh dull dumb dump duration during",
    "dust duty dwarf dying e.g eager eagle ear early earn ears earth east easy eat eaten echo edge edit",
    "eg eggs eh eight either elbow elder elect elite else email empty end ended ends enemy enjoy enter",
    "entry envy equal equip er era erase err error essay ethic europe eve even event ever every ex exact",
    "exam excel exile exist extra eye eyes fable face fact facts fade fail fails faint fair fairy faith",
    "fake fall falls false fame fancy far farm farms fast fatal fate fatty fault favor fear fears feast",
    "fee feed feel feels fees fell felon felt fence fever few fiat fiber field fiery fifth fifty fight",
    "file fill film films find finds fine fire fires firms first fish fist fit five fix fixed flag flame",
    "flash flat flats fleet flesh flip float flock flood floor flour flow flown flows fluid flush fly",
    "focus fog fold folk folks fond food foods fool foot for force forge fork form forms forth forty",
    "forum found four fox frame fraud freak free fresh fri frog front frost frown fruit fry fuel full",
    "fully fun funny fur fury fuse gain gains game games gamma gang gap gaps gas gate gave gear gee gene",
    "genre ghost giant gift gifts girl girls given gives glad glass globe glory glove glow glue go goal",
    "goals goat god gods goes gold golf gone gonna good goods gosh got gotta gown grab grace grade grain",
    "grand grant grape graph grasp grass grave gray great green greet grew grid grief grill grim grin",
    "grip gross group grow grows guard guess guest guide guilt gum gun guns gut guy guys ha habit had",
    "haha hair half hall halt hand hands hang happy hard harm harsh hasnt haste hat hate haul havent hawk",
    "he head heads heal heap hear heard heart heat heavy hedge heel heh heir held hell help helps hence",
    "her herb heres hero hers hide high highs hike hill hills him hint hip hire his hit hits hmm hobby",
    "hold holds hole holes holy home homes honey honor hook hope hopes horn horse hot hotel hour hours",
    "house hug huge huh human humor hunt hurry hurt hut i.e ice ick icon idea ideal ideas ie ill im image",
    "imply inch index india infer inner input inter into iron isnt issue italy item items ive ivory jail",
    "jam japan jar jaw jazz jewel job jobs join joint joke jokes joy judge juice july jump june junk",
    "juror jury keen keep kept key kick kid kids kind kinds king kings kite knee knees knew knife knit",
    "knock knot know known knows korea lab label labor lack lacks lady lag lags laid lake lakes lamb lamp",
    "land lands lane lap large laser lash last late later laugh law lawn laws layer lazy lead leads leaf",
    "leak lean leap learn least leave led left legal lemon lend lens less lest level lick lid lie lies",
    "lieu life lift light limit line lines link links lion lips list little live liver lives lo load",
    "loads loaf loan loans lobby local lock log logic lone long looks loop loose lord lords lorry lose",
    "loses loss lost lot lots loud love loved lover low lower lows loyal luck lucky lunch lung lying mad",
    "madam made magic maid mail main major make makes males man mango many map maps march mark marks mask",
    "mass match mate may maybe mayor meal meals mean means meant meat medal media median meet meets meh",
    "melt men menu menus mercy mere merge merit merry mess met metal meter mice mid midst might mild",
    "miles milk mill mind minds mine minor minus miss misty mix mixed mmm mode model moist mon money monk",
    "month months mood moods moon moral more most motor mount mouse mouth move moved moves movie mr mrs",
    "ms mud multi music must mutual myth na nah nail naked name named names nasty naval navy ne near neat",
    "neck needs nerve nest net never new news next nice nicer night nine no noble noise none noon nope",
    "nor north nose not note notes novel nurse nut oak oath obey obvious ocean och odd odds off offer",
    "often oh oil old older once one onto oops opec open opens opera orbit order organ otter ouch ought",
    "ounce ours outer oven over owe own owner owns p.m pace pack pad page pages pah paid pain paint pair",
    "pairs pal palm pan panel panic pants paper park parks part parts party pass past pasta paste patch",
    "path pause pay pays peace peak pearl peer peers pen pens per perhaps period pet pets phase phew",
    "phone photo piano pick piece pig pigs pile pill pilot pin pink pipe pit pitch pizza place plain plan",
    "plane plans plant plate play plays plead plot plug plus poem poet point poker pole poll polls pond",
    "pool pools poor pop porch port ports pose post posts pot pots pour power pray press price prices",
    "pride prime print prior prize probe proof pros proud pub pull pulse pump punch pupil puppy pure push",
    "put puts quant quart queen queer query quest quick quiet quilt quit quite quiz quote race races",
    "radio rage raid rail rain rains raise rally ran rang range rank ranks rapid rare rat rate rates",
    "rather ratio raw re reach read reads ready real rear rebel reed refer reign relax relay rely reply",
    "rest rich rid ride rifle right rigid ring riot rise rises risk risks risky rival river road roads",
    "roast rob robot rock role roles rolls roof roofs room rooms root roots rope ropes rose rough round",
    "rows rub ruin rule rules run runs rural rush rust sack sad safe said sail salad sale sales salt",
    "salts sand sang sank sat sauce sauna save saved saw say says scale scan scar scare scene scent scope",
    "score scout scrap scrub sea seal seat seats second seed seeds seek seem seems seen seize self sell",
    "sells semi send sense sent serve set sets seven several sewer sex sh shade shaft shake shall shame",
    "shape share shark sharp sharpe she shed sheep sheer sheet shelf shell shh shift shine ship ships",
    "shirt shit shock shoe shoes shone shook shoot shop shops shore short shot shots shout shove shown",
    "shrug shut sic sick side sides sight sigma sign signs silk silly sin since sing single sink sins sir",
    "sit sites six sixth sixty size sized skate skew ski skill skin skip skirt sky slave sleep slept",
    "slice slide slip slope slow slump small smart smell smile smoke snake snap soak soap sock soda sofa",
    "soft soil solar sold sole solid solve some son song songs soon sore sorry sort sorts soul sound soup",
    "sour south space spain spare spark spell spend spice spill spin spine spit split spoke spoon sport",
    "spot spots spray spread squad staff stage stain stair stake stale stamp stand stare stars start",
    "state stay stays steak steal steam steel steep steer stem step steps stick still sting stir stock",
    "stole stone stood stool stop storm stove strap straw stray strip strong stuck stuff style such suck",
    "sucks sugar suit suite sum sun sunny super sure surf surge swap swear sweat sweep sweet swept swift",
    "swim swing sword table tags tail tails take taken takes tale talk talks tall tank tanks tap tape",
    "task tasks taste tax taxes taxi teach team teams tears tech teeth tempo ten tend tenor tent tenth",
    "tents term terms test tests texts than thats the thee theft theirs theme theres theta theyre thick",
    "thief thin thing things think third tho thou three through thru thu thumb thur thus thy tie tied",
    "ties tiger tight till tilt time timer times tiny tired tis title toast today toe together token told",
    "tone took tool tools tooth top torch toss total touch tough towel tower town towns toxic toy toys",
    "trace track trade trail train trait tram trash tray treat tree trees trend trial tribe trick tried",
    "tries trip trips troop trout truck true truly trump trunk trust truth try tube tue tues tune turn",
    "turns tutor twas twice twin two type types u.k u.s ugh ugly uh um uncle under undo union unit units",
    "unity until unto up upon upper urban urge urged usage used users uses usual v valid value valve van",
    "vary vast vega vein venue verse versus very via video view views villa viral virus vis visa visit",
    "vital vivid viz vocal voice void vol volt vote voted vs wage wages wagon waist wait wake walk wall",
    "walls wanna wants war warm warn wars wash wasnt waste watch water wave waves wax way ways weak wear",
    "weary wed weed week weeks weigh weird well went west weve wheat wheel where while whip whoa whole",
    "whom whos whose why wide wider widow width wife wild win wind wing wins wipe wire wise wish witch",
    "with within without witty wives woke wolf women won wont wood woods word words wore work works world",
    "worm worry worse worst worth wound wow wrap wrist write wrong wrote yacht yard yards yea yeah year",
    "years yell yep yes yet yield yikes yo young youre yours youth yr yrs yup zero zip zone zoom",
)
"""Words of every day and of finance; only short ones, for longer ones are no tickers."""

ENGLISH = frozenset(
    word for lines in (_IDLE, _CAPITALS, _COMMON_WORDS) for line in lines for word in line.split()
)
"""Words that are no symbols without a `$`, unless they stand in capitals among capitals."""

ALWAYS_CAPITAL = "I"
"""Stands in capitals in any sentence, so capitals around it make no symbol of it."""

_MARKED = re.compile(r"[a-z0-9^]*[.=^][a-z0-9.=^-]*|[a-z^]+[0-9][a-z0-9]*", re.IGNORECASE | re.ASCII)
"""Written as no word is: VWCE.DE, EURUSD=X, ^TNX, A200."""


_LEAST_PLURAL = 4


def is_english(small: str) -> bool:
    """Return whether a word in small letters is one of English, or its plural: "hikes"."""
    is_plural = len(small) >= _LEAST_PLURAL and small.endswith("s") and small[:-1] in ENGLISH
    return small in ENGLISH or is_plural


@dataclass(frozen=True)
class Script:
    """How the symbols of a text are written, by which they are told from its other words.

    capitals: two of them are in capitals, so nobody means a third one by small letters.
    prose: words in small letters stand among them, so a word of English in capitals is none.
    """

    capitals: bool = False
    prose: bool = False

    def is_symbol(self, word: str) -> bool:
        """Return whether a word stands for a fund."""
        if word.startswith("$") or is_mix(word) or symbol_of(word) is None:
            return symbol_of(word) is not None
        small = word.lower()
        if word == ALWAYS_CAPITAL:
            return False
        if word.isupper():
            is_long = word.isalpha() and len(word) > SHORT
            return not (self.prose and (small in ENGLISH or is_long))
        if is_english(small) or (word[0].isdigit() and word.isalnum()):
            return False
        if _MARKED.fullmatch(word):
            return True
        first = re.split("[-/]", small)[0]
        return not self.capitals and len(first) <= SHORT and first not in ENGLISH

    def refusal(self, word: str, like: str | None = None) -> str:
        """Return what is said of a word that is no symbol, with what to write where it is one.

        like: the word of ours that it nearly is.
        """
        symbol = symbol_of(word)
        if self.capitals and not like and not word.isupper() and PLACED.is_symbol(word):
            return (
                f"`{safe_word(word)}` in small letters is no fund beside those in capitals; write `{symbol}`."
            )
        meant = f"; did you mean `{like}`?" if like else "."
        return f"`{safe_word(word)}` is not understood{meant} A fund of that name is `${symbol}`."


PLACED = Script()
"""Of a word that stands where only a symbol can, like that after `vs`."""


def script_of(words: Iterable[str]) -> Script:
    """Return how the symbols among these words are written.  words: those that mean nothing else"""
    plain = [word for word in words if not word.startswith("$") and symbol_of(word)]
    capitals = sum(word.isupper() and word.lower() not in ENGLISH for word in plain)
    return Script(capitals >= PAIR, prose=any(not word.isupper() and word.isalpha() for word in plain))
