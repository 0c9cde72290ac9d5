"""A conversation about funds from the keystroke to what is read: in threads, and alone with the bot."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from bot.playground.model import BOT, TEAM
from bot.playground.payloads import ClickSource
from bot.playground.storage import ANN, BEN, PORTFOLIO, RESEARCH
from bot.render.text import NBSP
from tests.scenario.offices import IN_BOTH, Office, button, choice, labels

if TYPE_CHECKING:
    from bot.playground.model import PostedMessage

pytestmark = pytest.mark.slow

STUDIES, REST = ["All figures", "Sectors", "Is it real?"], ["More…", "Watch this"]
NEXT = [*STUDIES, "3y", "5y", *REST]


def comparison(team: Office, channel: str = PORTFOLIO) -> PostedMessage:
    """The newest answer outside threads that everybody sees."""
    return [each for each in team.slack.workspace.history(channel) if each.user == BOT][-1]


def alone(team: Office, user: str) -> str:
    """Where a person talks to the bot alone."""
    return team.slack.workspace.dm(user).id


async def asked(team: Office, text: str, thread: PostedMessage) -> str:
    """Name the bot in a thread; what is read then, without the person's own words."""
    return await team.type(BEN, f"@watchpoint {text}", thread=thread.ts)


@pytest.mark.parametrize("away", ["sqlite-http", "sqlite-socket", "postgresql-socket"], indirect=True)
async def test_a_comparison_is_asked_on_in_its_thread(team: Office) -> None:
    first = await team.type(ANN, "/compare ISCB SPSM")
    parent = comparison(team)
    assert labels(parent) == NEXT
    sectors = await asked(team, "sectors", parent)
    assert "Industrials" in sectors
    assert "Daily total returns, 16 Jan 2025 to 16 Jan 2026 (251), risk-free 0 %" in first
    longer = await asked(team, "5y", parent)
    assert "ISCB vs SPSM · 5 years to 16 Jan 2026" in longer
    held = await asked(team, "holdings", parent)
    assert "ISCB" in held
    assert "SPSM" in held
    replies = [each for each in team.replies(parent) if each.user == BOT]
    assert len(replies) == 3, "each is answered once, in the thread"
    assert labels(replies[0]) == ["Holdings", "Cost", "All figures"]
    assert labels(replies[1]) == [*STUDIES, "3y", "10y", *REST]
    assert labels(replies[2]) == ["Sectors", "Correlation", "All figures"]
    assert "overlap by 52.3 %, in 527 positions; the active share is 47.7 %" in held.replace(
        NBSP, " "
    ).replace("*", "")
    origin = (await asked(team, "where did the gap come from?", parent)).replace(NBSP, " ")
    assert "a gap of +4.8 pp" in origin.replace("*", "")
    assert "is allocation over sectors" in origin
    assert "[picture: Sample data. ISCB vs SPSM. Gap of +4.8 pp" in origin
    beside = await asked(team, "sectors vs IWM", parent)
    assert "IWM" in beside
    assert "ISCB vs SPSM · 3 years" in await asked(team, "3y", parent), "follow-ups do not change the subject"


async def test_what_a_switch_costs_is_asked_in_a_thread_and_turned_round(team: Office) -> None:
    await team.type(ANN, "/compare ISCB SPSM 3y")
    parent = comparison(team)
    said = await asked(team, "cost size=100k switch spread=12bp,3bp", parent)
    assert "Selling ISCB and buying SPSM with 100 k USD costs" in said
    assert "half spreads 7.5 bp" in said
    assert "The data of three years allow anything from SPSM 8.2 pp a year behind to 0.7 pp ahead" in said
    assert "[picture: Sample data. ISCB to SPSM needs" in said
    answer = [each for each in team.replies(parent) if each.user == BOT][-1]
    assert labels(answer) == ["SPSM to ISCB", f"Switch 10{NBSP}k", "Is it real?", "Cost"]
    turned = await team.press(BEN, answer, "SPSM to ISCB")
    assert "Selling SPSM and buying ISCB" in turned
    assert "ISCB 0.7 pp a year behind to 8.2 pp ahead" in turned
    assert "half spreads 7.5 bp" in turned
    worth = await asked(team, "is it worth switching 25 million?", parent)
    assert "Read as `switch size=25m`." in worth
    assert "38 days' volume of ISCB" in worth
    assert "created and redeemed in kind" in worth
    assert "^TNX cannot be bought" in await asked(team, "cost switch ISCB ^TNX", parent)
    assert "has no unit" in await asked(team, "cost switch spread=3", parent)
    assert "Impact" in await asked(team, "explain cost size=100k", parent)


async def test_what_moves_the_funds_is_asked_in_their_thread(team: Office) -> None:
    await team.type(ANN, "/compare TLT IEF")
    parent = comparison(team)
    assert "empirical duration" in team.words(parent)
    assert "Duration, years" in await asked(team, "when rates rise", parent)
    assert "Yield rose" in await asked(team, "regimes", parent)
    assert "TERM" in await asked(team, "style", parent)
    assert "is the broad market here" in await asked(team, "risk", parent)


async def test_what_funds_are_is_asked_in_their_thread(team: Office) -> None:
    await team.type(ANN, "/compare ISCB AVUV")
    parent = comparison(team)
    said = await asked(team, "facts", parent)
    assert "AVUV is an actively managed fund from American Century (Avantis), launched on 24 Sep 2019" in said
    assert "since 19 Mar 2021 it has followed Morningstar US Small Cap Extended" in said
    for question in ("is it active?", "who runs it?", "what index does it follow?", "when was it launched?"):
        assert "Read as `facts`." in await asked(team, question, parent)
    other = await asked(team, "how old is SPSM?", parent)
    assert "Read as `facts SPSM`." in other
    assert "launched on 8 Jul 2013 (12 years old)" in other


async def test_a_button_answers_in_the_thread_of_what_it_stands_under(team: Office) -> None:
    await team.type(ANN, "/compare ISCB SPSM")
    parent = comparison(team)
    assert "ISCB vs SPSM · 5 years to 16 Jan 2026" in await team.press(BEN, parent, "5y")
    (longer,) = team.replies(parent)
    assert "asked by @ben" in team.words(longer)
    assert "ISCB vs SPSM · 10 years" in await team.press(ANN, longer, "10y")
    assert "Industrials" in await team.press(ANN, parent, "Sectors")
    assert [each.thread_ts for each in team.replies(parent)] == [parent.ts] * 3


@pytest.mark.parametrize("away", ["sqlite-http", "sqlite-socket"], indirect=True)
async def test_what_is_chosen_in_the_menu_is_asked_about_what_it_stands_under(team: Office) -> None:
    await team.type(ANN, "/compare ISCB SPSM 5y")
    parent = comparison(team)
    await team.type(BEN, "@watchpoint compare TLT IEF", thread=parent.ts)
    told = await team.choose(BEN, parent, "More…", "Risk")
    assert "ISCB vs SPSM · risk · 5 years to 16 Jan 2026" in told
    risk = team.replies(parent)[-1]
    assert "Asked by @ben" in team.words(risk)
    assert len(labels(risk)) == 3
    assert "ISCB vs SPSM · 1 year" in await team.choose(ANN, parent, "More…", "Over 1 year")
    assert "5 years to 16 Jan 2026" in await team.press(ANN, risk, labels(risk)[0]), "on with the same"


@pytest.mark.parametrize("away", ["sqlite-http"], indirect=True)  # some forty answers
async def test_every_choice_and_every_button_of_an_answer_is_answered(team: Office) -> None:
    await team.type(ANN, "/compare ISCB SPSM 3y")
    parent = comparison(team)
    (menu,) = (each for block in parent.blocks for each in block.get("elements", ()) if "options" in each)
    for option in menu["options"]:
        told = await team.choose(ANN, parent, "More…", option["text"]["text"])
        assert any(f"ISCB{mark}SPSM" in told for mark in (" vs ", "-", " to ")), option
        assert "could not" not in told
    for label in (*STUDIES, "5y", "10y"):
        assert "ISCB vs SPSM" in await team.press(ANN, parent, label)
    for reply in [each for each in team.replies(parent) if each.user == BOT and each.blocks]:
        shown = labels(reply)
        assert len(shown) == 3 or shown[-2:] == REST or shown[0] == "SPSM to ISCB"
        if len(shown) == 3:
            told = await team.press(BEN, reply, shown[0])
            assert "ISCB vs SPSM" in told or "ISCB to SPSM" in told, shown


async def test_all_figures_are_the_whole_table_with_its_convention(team: Office) -> None:
    first = await team.type(ANN, "/compare ISCB SPSM")
    assert "Information ratio" not in first
    assert "Daily total returns, 16 Jan 2025 to 16 Jan 2026" in first
    told = await team.press(BEN, comparison(team), "All figures")
    for part in ("Information ratio, against SPSM", "Sector: Industrials", "252 · rf 0", "Asked by @ben"):
        assert part in told
    assert await asked(team, "whole table", comparison(team)) == told


async def test_one_fund_alone_is_answered_with_two_to_hold_it_against(team: Office) -> None:
    told = await team.type(ANN, "/compare ISCB")
    assert "ISCB · 1 year to 16 Jan 2026" in told
    assert "ISCB returned *16.1 %*" in told
    parent = comparison(team)
    shown = labels(parent)
    assert shown[:2] == ["All figures", "Sectors"]
    assert "Is it real?" not in shown
    peers = [label.removeprefix("vs ") for label in shown if label.startswith("vs ")]
    assert len(peers) == 2
    for peer in peers:
        assert f"ISCB vs {peer} · 1 year to 16 Jan 2026" in await team.press(BEN, parent, f"vs {peer}")
    (first, second) = team.replies(parent)
    assert "vs" not in " ".join(labels(first))
    assert "Is it real?" in labels(second)
    assert "ISCB · risk · 1 year" in await team.choose(BEN, parent, "More…", "Risk")
    assert f"ISCB vs {peers[0]} · 3 years" in await team.press(BEN, first, "3y")


async def test_of_several_funds_the_broad_market_is_the_benchmark(team: Office) -> None:
    await team.type(ANN, "/compare ISCB SPSM IWM VB")
    parent = comparison(team)
    told = await team.press(ANN, parent, "All figures")
    assert "against SPY" in told
    assert "against VB" not in told
    assert "against IWM" in await asked(team, "figures vs IWM", parent)


async def test_what_is_compared_can_be_watched(team: Office) -> None:
    await team.type(ANN, "/compare ISCB SPSM 3y")
    parent = comparison(team)
    await team.press(ANN, parent, "Watch this")
    shown = str(team.form(ANN).body)
    assert "ISCB" in shown
    assert "SPSM" in shown
    assert "3y" in shown


async def test_an_export_is_files_in_the_thread(team: Office) -> None:
    await team.type(ANN, "/compare ISCB SPSM")
    parent = comparison(team)
    await team.choose(ANN, parent, "More…", "Export")
    names = [each.name for each in team.slack.workspace.files.values() if each.name.endswith(".csv")]
    assert names
    assert all(re.match(r"ISCB-SPSM", name) for name in names)
    before = len(team.replies(parent))
    await asked(team, "csv", parent)
    assert len(team.replies(parent)) == before + 2, "the question and its answer"


async def test_days_later_the_thread_still_speaks_of_the_same_day(team: Office) -> None:
    await team.type(ANN, "/compare ISCB SPSM")
    parent = comparison(team)
    await team.travel.sessions(5)
    again = await asked(team, "1y", parent)
    assert "ISCB vs SPSM · 1 year to 16 Jan 2026" in again
    assert team.said(team.replies(parent)[-1]) == team.said(parent), "the same figures"
    fresh = await team.type(ANN, "@watchpoint compare ISCB SPSM")
    assert "1 year to 26 Jan 2026" in fresh


async def test_a_measure_is_worked_out(team: Office) -> None:
    await team.type(ANN, "/compare ISCB SPSM")
    told = await asked(team, "explain sortino", comparison(team))
    assert "1.18" in told
    assert "252" in told


async def test_whether_a_gap_is_real_is_asked_and_explained(team: Office) -> None:
    await team.type(ANN, "/compare ISCB SPSM")
    parent = comparison(team)
    told = await asked(team, "is it real?", parent)
    assert "ISCB vs SPSM · is the gap real? · to 16 Jan 2026" in told
    assert "Since 19 Mar 2021" in told
    assert "5 years to 16 Jan 2026" in await asked(team, "edge add IWM 5y", parent)
    words = await asked(team, "explain edge", parent)
    assert "cannot be known from this window: not distinguishable" in words.replace("*", "")
    assert words == await asked(team, "explain no gap worth having", parent)


async def test_sectors_is_a_command_too(team: Office) -> None:
    assert "Industrials" in await team.type(ANN, "/sectors ISCB SPSM")
    parent = comparison(team)
    assert "ISCB vs SPSM · 1 year" in await asked(team, "1y", parent)


async def test_a_card_and_a_digest_are_asked_about(team: Office) -> None:
    await team.type(BEN, "/watch ISCB sortino < 1.0 for 5 sessions then SPSM")
    while not team.posts("card"):
        await team.travel.sessions(1)
    (card,), digest = team.posts("card"), team.posts("digest")[-1]
    for parent in (card, digest):
        assert "Industrials" in await asked(team, "sectors", parent)
        assert "ISCB vs SPSM · 3 years" in await asked(team, "3y", parent)


@pytest.mark.parametrize(
    ("typed", "line", "offered"),
    [
        ("/compare ISCB SPSM 7yy", "`7yy` is not a window; windows are 18m, 7y, ytd, max, 2024,", "7y"),
        ("/compare ISCB SPSM 2 weeks ago", "`2 weeks ago` is not a window", "since 2026-01-06"),
        ("/compare ISCB SPSM 3y 5y", "more than one window is given; keep one.", "3y"),
        ("/sectors ISCB SPSM 7yy", "`7yy` is not a window", "7y"),
        ("@watchpoint compare ISCB SPSM 7yy", "`7yy` is not a window", "7y"),
    ],
)
async def test_a_wrong_window_costs_a_line_and_three_buttons_that_run(
    team: Office, typed: str, line: str, offered: str
) -> None:
    said = await team.type(ANN, typed)
    assert line in said
    told = team.seen_by(ANN)[-1]
    found = labels(told)
    assert len(found) == 3
    assert offered in found[0]
    for label in found:
        assert "SAMPLE DATA · ISCB vs SPSM" in plainly(await team.press(ANN, told, label)), label


def plainly(words: str) -> str:
    return words.replace("\u00a0", " ")


async def test_funds_that_were_not_there_yet_are_said_to_be_young(team: Office) -> None:
    said = plainly(await team.type(ANN, "/compare AVUV SPSM 2018"))
    assert "AVUV is priced only from 24 Sep 2019 on: there is nothing of it in 2018." in said
    told = team.seen_by(ANN)[-1]
    assert labels(told) == ["compare AVUV SPSM 2020", "compare AVUV SPSM max", "returns SPSM 2018"]
    for label in labels(told):
        assert "ahead" in await team.press(ANN, told, label) or "SPSM" in label


async def test_a_day_without_a_session_is_said_to_be_moved(team: Office) -> None:
    weekend = plainly(await team.type(ANN, "/compare ISCB SPSM asof 2026-01-17"))
    assert "17 Jan 2026 is a Saturday: prices of 16 Jan 2026." in weekend
    holiday = plainly(await team.type(ANN, "/compare ISCB SPSM asof 2025-12-25"))
    assert "25 Dec 2025 is no trading day: prices of 24 Dec 2025." in holiday
    parent = comparison(team)
    assert "11 Jan 2026 is a Sunday: prices of 9 Jan 2026." in plainly(
        await asked(team, "sectors asof 2026-01-11", parent)
    )
    assert "prices of" not in plainly(await asked(team, "risk asof 2026-01-09", parent))


@pytest.mark.parametrize(
    ("typed", "label"),
    [
        ("@watchpoint explain edgy", "explain edge ISCB SPSM"),
        ("/watch ISCB fell 10%", "watch ISCB drawdown 1y < -10% for 1 session"),
        ("/watch ISCB rose more than 20 %", "watch ISCB total return 1y > 20% for 5 sessions"),
    ],
)
async def test_what_is_nearly_known_is_offered(team: Office, typed: str, label: str) -> None:
    await team.type(ANN, typed)
    told = team.seen_by(ANN)[-1]
    assert labels(told)[0] == label
    assert "could not" not in await team.press(ANN, told, label)


async def test_a_slip_before_a_rules_number_is_no_fund(team: Office) -> None:
    await team.type(ANN, "@watchpoint snoze R1 1w")
    assert labels(team.seen_by(ANN)[-1]) == ["snooze R1 1w", "watch list"]
    await team.type(ANN, "/watch snoze R1 1w")
    assert labels(team.seen_by(ANN)[-1]) == ["watch snooze R1 1w"]


async def test_a_meaning_is_asked_in_plain_words(team: Office) -> None:
    said = plainly(await team.type(ANN, "what's a drawdown?", alone(team, ANN)))
    assert "Read as `explain max drawdown ISCB SPSM`." in said
    assert "as an example" in said
    assert "drawdown" in said.partition("as an example")[2]
    assert "is an index fund from BlackRock" in await team.type(ANN, "what is IWM?", alone(team, ANN))


async def test_what_is_not_understood_is_offered_as_buttons(team: Office) -> None:
    await team.type(ANN, "/compare ISCB SPSM")
    parent = comparison(team)
    told = await asked(team, "sektors please", parent)
    assert "I could not read `sektors please`" in told
    offer = team.seen_by(BEN)[-1]
    assert offer.ephemeral_for == BEN
    assert len(labels(offer)) == 3
    assert "sectors" in labels(offer)
    assert "Industrials" in await team.press(BEN, offer, "sectors")
    assert team.replies(parent)[-1].user == BOT


async def test_a_symbol_that_nobody_has_is_asked_about_not_guessed(team: Office) -> None:
    told = await team.type(BEN, "/compare ISCB SPSN")
    assert "Did you mean" in told
    offer = team.seen_by(BEN)[-1]
    assert offer.ephemeral_for == BEN
    assert "ISCB vs SPSM · 1 year" in await team.press(BEN, offer, labels(offer)[0])


async def test_a_thread_about_nothing_says_what_to_type(team: Office) -> None:
    parent = team.slack.workspace.history(PORTFOLIO)[0]
    told = await asked(team, "sectors", parent)
    assert "`@watchpoint sectors ISCB SPSM`" in told
    assert team.seen_by(BEN)[-1].ephemeral_for == BEN


async def test_alone_with_the_bot_nobody_has_to_be_named(team: Office) -> None:
    here = alone(team, ANN)
    assert "compare ISCB SPSM" in await team.type(ANN, "5y", here)
    assert "ISCB vs SPSM · 3 years" in await team.type(ANN, "compare ISCB SPSM 3y", here)
    assert "ISCB vs SPSM · 5 years" in await team.type(ANN, "5y", here)
    assert "Industrials" in await team.type(ANN, "sectors", here)
    answers = [each for each in team.slack.workspace.history(here) if "ISCB vs SPSM" in each.text]
    assert len(answers) == 3, "outside threads, where it was asked"
    await team.type(ANN, "sektors", here)
    offer = team.seen_by(ANN, here)[-1]
    assert "Industrials" in await team.press(ANN, offer, "sectors")
    assert team.seen_by(ANN, here)[-1].thread_ts is None
    assert "R1 ISCB Sortino below 1.0 is set" in (
        await team.type(ANN, "watch ISCB sortino < 1.0", here)
    ).replace("*", "")


async def test_people_of_another_workspace_may_ask_and_not_change(team: Office) -> None:
    await team.type(ANN, "/compare ISCB SPSM")
    parent = comparison(team)

    async def heard(text: str) -> str:
        said = team.slack.workspace.say(PORTFOLIO, BEN, f"<@{BOT}> {text}", parent.ts)
        event = team.payloads.mention(said) | {"is_ext_shared_channel": True}
        event["event"] = event["event"] | {"user_team": "T0OTHER", "team": "T0OTHER"}
        await team.deliver(event)
        return team.words(team.seen_by(BEN)[-1])

    assert "Industrials" in await heard("sectors")
    assert "ISCB vs SPSM · 5 years" in await heard("5y")
    assert "Only members of the workspace" in await heard("watch ISCB sortino < 1.0")
    assert "Only members of the workspace" in await heard("digest off")
    chosen = choice(parent, "More…", "Holdings")
    press = team.payloads.action(BEN, ClickSource(parent.channel, parent.ts), chosen)
    await team.deliver(press | {"user": press["user"] | {"team_id": "T0OTHER"}})
    assert "holdings" in team.words(team.seen_by(BEN)[-1])
    assert await team.bot.store.of(TEAM).rules() == []


async def test_what_a_private_channel_speaks_of_stays_there(team: Office) -> None:
    await team.type(ANN, "@watchpoint compare ISCB SPSM", RESEARCH)
    (said, _) = [each for each in team.seen_by(ANN, RESEARCH) if "ISCB" in each.text][-2:]
    assert "ISCB vs SPSM · 5 years" in await team.type(ANN, "@watchpoint 5y", RESEARCH, thread=said.ts)
    elsewhere = await team.type(ANN, "@watchpoint 5y", PORTFOLIO, thread=said.ts)
    assert "No funds have been compared in this thread" in elsewhere


@pytest.mark.parametrize("away", ["sqlite-http", "sqlite-socket"], indirect=True)
async def test_what_slack_delivers_three_times_is_answered_once(team: Office) -> None:
    said = team.slack.workspace.say(PORTFOLIO, BEN, f"<@{BOT}> compare ISCB SPSM 3y")
    event = team.payloads.mention(said)
    for retry in range(3):
        assert (await team.line.deliver(event, retry)).status == 200
    await team.bot.shift.quiet()
    (answer,) = team.replies(said)
    assert "ISCB vs SPSM · 3 years" in team.words(answer)
    press = team.payloads.action(ANN, ClickSource(answer.channel, answer.ts), button(answer, "Sectors"))
    for _ in range(3):
        await team.deliver(press)
    assert len(team.replies(said)) == 2


@IN_BOTH
async def test_what_a_thread_is_about_survives_a_restart(away: Office) -> None:
    async with away.at_work():
        await away.type(ANN, "/compare ISCB SPSM 3y")
    parent = comparison(away)
    async with away.at_work():
        assert "ISCB vs SPSM · 5 years" in await asked(away, "5y", parent)
        context = await away.bot.store.of(TEAM).recall(PORTFOLIO, parent.ts)
    assert context is not None
    assert context.comparing.symbols == ("ISCB", "SPSM")


async def test_an_answer_whose_thread_was_deleted_is_told_to_the_asker(team: Office) -> None:
    await team.type(ANN, "/compare ISCB SPSM")
    parent = comparison(team)
    press = team.payloads.action(BEN, ClickSource(parent.channel, parent.ts), button(parent, "Sectors"))
    team.slack.workspace.delete(parent.channel, parent.ts)
    await team.deliver(press)
    seen = team.seen_by(BEN) + team.seen_by(BEN, alone(team, BEN))
    assert any("Industrials" in team.words(each) for each in seen if each.user == BOT)
