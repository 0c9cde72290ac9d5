"""What people do to incidents, and to rules that are there already: typed, said and pressed."""

from __future__ import annotations

import pytest

from bot.model import AuditAction
from bot.playground.model import BOT, TEAM, PostedMessage
from bot.playground.payloads import ClickSource
from bot.playground.storage import ANN, BEN, CY, PORTFOLIO
from bot.render.home import ACK, PAGE, SNOOZE, UNSNOOZE
from tests.scenario.eyes import answered, buttons, fill_in, form_state, press, put_in
from tests.scenario.offices import Office, button, labels
from tests.scenario.test_answers_seen import begun, carded

pytestmark = [pytest.mark.slow]

SAME = "ISCB sortino < 9 for 1 session then SPSM"
OFFER = "R1 ISCB Sortino below 9.0 already watches this here"


def plain(words: str) -> str:
    return words.replace("*", "").replace("\u00a0", " ")


async def deeds(team: Office, number: int = 1) -> list[AuditAction]:
    """What was done to a rule since it was set, the oldest first."""
    history = await team.bot.store.of(TEAM).history(number)
    return [each.act for each in reversed(history.deeds)][1:]


async def rules(team: Office) -> list[str]:
    return [each.watched.text for each in await team.bot.store.of(TEAM).rules()]


def asked(team: Office, user: str, channel: str = PORTFOLIO) -> PostedMessage:
    """The last message that offers a rule that is there."""
    return [each for each in team.seen_by(user, channel) if "already watches" in each.text][-1]


async def test_acts_are_typed_said_and_said_in_the_cards_thread(team: Office) -> None:
    card = await carded(team)
    told = plain(await team.type(BEN, "/watch ack R1 looking at it"))
    assert "R1 ISCB Sortino below 9.0 is acknowledged by @ben: looking at it" in told
    assert "Acknowledged by @ben: looking at it" in plain(team.words(card)), "the card is rewritten"
    assert "acknowledged by @ben: looking at it" in plain(team.words(team.replies(card)[-1]))
    assert "R1 ISCB Sortino below 9.0 is snoozed by @cy through 27 Jan 2026" in plain(
        await team.type(CY, "@watchpoint watch snooze R1 1w")
    )
    assert "Unsnooze" in labels(team.now(card))
    assert "R1 ISCB Sortino below 9.0 is unsnoozed by @ann" in plain(
        await team.type(ANN, "/watch unsnooze R1")
    )
    assert "Snooze 5 sessions" in labels(team.now(card))
    assert "R1 ISCB Sortino below 9.0 is snoozed by @ben" in plain(
        await team.type(BEN, "@watchpoint snooze until 2 Feb", thread=card.ts)
    )
    assert "R1 ISCB Sortino below 9.0 is unsnoozed by @ben" in plain(
        await team.type(BEN, "@watchpoint unsnooze", thread=card.ts)
    )
    assert await deeds(team) == [
        AuditAction.ACKNOWLEDGED,
        AuditAction.SNOOZED,
        AuditAction.UNSNOOZED,
        AuditAction.SNOOZED,
        AuditAction.UNSNOOZED,
    ]
    assert "R1 ISCB Sortino below 9.0 was acknowledged before by @ben" in plain(
        await team.type(CY, "@watchpoint ack", thread=card.ts)
    )
    history = plain(await team.type(CY, "/watch history R1"))
    assert "unsnoozed by @ann" in history


async def test_alone_with_the_bot_a_card_is_acted_on_in_words(team: Office) -> None:
    alone = team.slack.workspace.dm(ANN).id
    await team.type(ANN, f"/watch {SAME}", alone)
    card = await carded_in(team, alone)
    assert "R1 ISCB Sortino below 9.0 is acknowledged" in plain(await team.type(ANN, "ack R1 known", alone))
    assert "R1 ISCB Sortino below 9.0 is snoozed" in plain(await team.type(ANN, "snooze 1w", alone, card.ts))
    assert "R1 ISCB Sortino below 9.0 is unsnoozed" in plain(await team.type(ANN, "watch unsnooze R1", alone))


async def carded_in(team: Office, channel: str) -> PostedMessage:
    for _ in range(5):
        if cards := team.posts("card", channel):
            return cards[-1]
        await team.travel.sessions(1)
    raise AssertionError("it did not fire")


async def test_a_slip_is_offered_as_a_button_that_does_it(team: Office) -> None:
    await carded(team)
    slip = '#portfolio> ben "State: triggered": @watchpoint snoze 1w\n@press #portfolio ben: snooze 1w'
    assert "R1 ISCB Sortino below 9.0 is snoozed" in await team.play(slip)


@pytest.mark.parametrize("away", ["sqlite-http", "postgresql-http"], indirect=True)
async def test_an_act_that_is_delivered_again_is_done_once(team: Office) -> None:
    await carded(team)
    event = team.payloads.mention(team.slack.workspace.say(PORTFOLIO, BEN, f"<@{BOT}> watch ack R1 known"))
    for retry in range(3):
        assert (await team.line.deliver(event, retry)).status == 200
    await team.bot.shift.quiet()
    assert await deeds(team) == [AuditAction.ACKNOWLEDGED]


async def test_the_same_rule_is_offered_on_every_way_to_set_it(team: Office) -> None:
    await team.type(ANN, f"/watch {SAME}")
    kept = await rules(team)
    for text in (f"/watch {SAME}", f"@watchpoint watch {SAME}"):
        said = plain("".join(await answered(team, BEN, team.deeds.type(BEN, PORTFOLIO, text), text)))
        assert OFFER in said
    thread = begun(team).ts
    said = plain(await team.type(BEN, f"@watchpoint watch {SAME}", thread=thread))
    assert OFFER in said
    assert asked(team, BEN).thread_ts == thread
    await team.type(ANN, "/compare ISCB SPSM")
    answer = next(each for each in team.seen_by(BEN) if "Watch this" in labels(each))
    await answered(team, BEN, press(team, BEN, answer, button(answer, "Watch this")), "Watch this")
    sent = fill_in(team, BEN, threshold="9", sessions="1", then="SPSM")
    assert OFFER in plain("".join(await answered(team, BEN, sent, "the form")))
    assert await rules(team) == kept
    offer = asked(team, BEN)
    assert offer.ephemeral_for == BEN
    assert labels(offer) == ["Show R1", "Set it all the same"]
    assert "Version 1, set by @ann" in await team.press(BEN, offer, "Show R1")
    assert "R2 ISCB Sortino below 9.0 is set" in plain(await team.press(BEN, offer, "Set it all the same"))
    assert await rules(team) == kept * 2


async def test_alone_with_the_bot_the_same_rule_is_offered_too(team: Office) -> None:
    typed = f"@watchpoint ben: watch {SAME}\n"
    shown = await team.play(f"{typed * 2}@press @watchpoint ben: Set it all the same")
    assert (
        shown.index("R1 ISCB Sortino below 9.0 is set")
        < shown.index(OFFER)
        < shown.index("R2 ISCB Sortino below 9.0 is set")
    )


async def test_an_edit_in_the_form_is_held_back_and_seen(team: Office) -> None:
    card = await carded(team)
    await team.type(ANN, "/watch IWM drawdown < -15%")
    await answered(team, ANN, press(team, ANN, card, button(card, "Edit")), "Edit")
    assert await team.send_in(ANN, "IWM drawdown < -15%") == {}
    offer = asked(team, ANN)
    assert labels(offer) == ["Show R2", "Change R1 all the same"]
    assert (await rules(team))[0].startswith("ISCB sortino")
    assert "R1 IWM drawdown below -15 % is now version 2" in plain(
        await team.press(ANN, offer, "Change R1 all the same")
    )


async def test_home_ends_a_snooze_and_turns_its_pages(team: Office) -> None:
    await carded(team)
    await team.type(ANN, "/watch snooze R1 1w")
    for number in range(1, 33):
        await team.type(ANN, f"/watch IWM sortino > {number}")
    await team.deeds.open_home(BEN)
    await team.bot.shift.quiet()
    assert "R33" not in shown_at_home(team, BEN)
    await answered(team, BEN, at_home(team, BEN, f"{PAGE}others.next"), "Next")
    assert "*R33 " in shown_at_home(team, BEN)
    assert "Snoozed by <@U0ANN> through 27" in shown_at_home(team, BEN)
    await answered(team, BEN, at_home(team, BEN, UNSNOOZE), "Unsnooze")
    assert "Snoozed" not in shown_at_home(team, BEN)
    assert "*R33 " in shown_at_home(team, BEN), "a change leaves the page that is looked at"
    await answered(team, BEN, at_home(team, BEN, f"{PAGE}others.previous"), "Previous")
    assert "*R33 " not in shown_at_home(team, BEN)
    assert await deeds(team) == [AuditAction.SNOOZED, AuditAction.UNSNOOZED]


async def test_an_incident_is_taken_in_hand_at_home(team: Office) -> None:
    card = await carded(team)
    await team.type(ANN, "/watch IWM sortino > 99")
    await team.deeds.open_home(BEN)
    await team.bot.shift.quiet()
    shown = shown_at_home(team, BEN)
    assert (
        shown.index("Needs attention") < shown.index("*R1 ") < shown.index("*R2 ") < shown.index("Enter asks")
    )
    assert "its card>" in shown
    await answered(team, BEN, at_home(team, BEN, ACK), "Acknowledge")
    assert await team.send_in(BEN, "looking at it") == {}
    await team.bot.shift.quiet()
    assert "Acknowledged by <@U0BEN>: looking at it." in shown_at_home(team, BEN)
    assert "Acknowledged by @ben: looking at it." in plain(team.words(team.now(card)))
    await answered(team, BEN, at_home(team, BEN, SNOOZE), "Snooze")
    assert "Snoozed by <@U0BEN> through 26" in shown_at_home(team, BEN)
    assert await deeds(team) == [AuditAction.ACKNOWLEDGED, AuditAction.SNOOZED]


async def test_the_card_of_the_next_day_still_says_who_snoozed(team: Office) -> None:
    card = await carded(team)
    await team.type(BEN, "@watchpoint snooze 1w", thread=card.ts)
    assert "Snoozed by @ben through" in plain(team.words(team.now(card)))
    before = plain(team.words(team.now(card)))
    await team.play("@clock 2 sessions")
    after = plain(team.words(team.now(card)))
    assert after != before
    assert "Snoozed by @ben through" in after


async def at_home(team: Office, user: str, action: str) -> None:
    """Press a button of the Home tab."""
    home = team.slack.workspace.views.home_tabs[user]
    (pressed,) = [each for each in buttons(home) if each["action_id"] == action]
    await team.deeds.click(user, ClickSource(view_id=home.id), pressed)


def shown_at_home(team: Office, user: str) -> str:
    return str(team.slack.workspace.views.home_tabs[user].body)


def said_in_form(team: Office, user: str) -> str:
    """The hint of the threshold, and what the past says below it."""
    view = team.form(user)
    (field,) = [each for each in view.body["blocks"] if each["block_id"] == "threshold"]
    past = [each for each in view.body["blocks"] if each["block_id"] == "trial"]
    return plain(" ".join([field["hint"]["text"], *(each["elements"][0]["text"] for each in past)]))


async def watching(team: Office, funds: str = "ISCB SPSM") -> None:
    """Open the form of a rule under a comparison."""
    await team.type(ANN, f"/compare {funds}")
    answer = next(each for each in reversed(team.seen_by(ANN)) if "Watch this" in labels(each))
    await press(team, ANN, answer, button(answer, "Watch this"))
    await team.bot.shift.quiet()


async def test_a_form_suggests_a_threshold_and_says_how_often_it_would_have_fired(team: Office) -> None:
    await watching(team)
    assert "Ratios 1.0" in said_in_form(team, ANN)
    await answered(team, ANN, put_in(team, ANN, "measure", measure="max_drawdown"), "the measure")
    said = said_in_form(team, ANN)
    assert "In 5 years ISCB" in said
    assert "in a tenth of the sessions" in said
    assert "At -" in said
    assert "in the 5 years to 16 Jan 2026 it would" in said
    await answered(
        team, ANN, put_in(team, ANN, "threshold", measure="sortino", threshold="0.7"), "the threshold"
    )
    assert "At 0.7: in the 5 years to 16 Jan 2026 it would have triggered 4 times" in said_in_form(team, ANN)
    await fill_in(team, ANN, measure="sortino", threshold="0.7")
    await team.bot.shift.quiet()
    assert await rules(team) == ["ISCB sortino 1y < 0.7 for 5 sessions then SPSM"]
    assert "In the 5 years to 16 Jan 2026 it would have triggered 4 times" in plain(
        team.words(team.seen_by(ANN)[-1])
    )


async def test_a_form_that_has_changed_or_was_closed_is_left_alone(team: Office) -> None:
    await watching(team)
    first = team.form(ANN)
    await put_in(team, ANN, "threshold", threshold="0.7")  # each is told of the form as it was then
    await put_in(team, ANN, "threshold", threshold="-0.2")
    await team.bot.shift.quiet()
    assert team.form(ANN).hash != first.hash
    assert "it would have triggered" in said_in_form(team, ANN)
    await put_in(team, ANN, "threshold", threshold="0.1")
    await team.deeds.close(ANN, team.form(ANN).id)
    await team.bot.shift.quiet()
    assert team.slack.workspace.views.top(ANN) is None


@pytest.mark.parametrize("away", ["sqlite-http"], indirect=True)  # the field is the matter, not the way to it
@pytest.mark.parametrize(
    ("name", "values", "said"),
    [
        ("fund", {"fund": "QZXWVK"}, "QZXWVK: SAMPLE DATA (simulated)"),
        ("fund", {"fund": "<!channel>"}, "Ratios 1.0"),
        ("fund", {"fund": ""}, "Ratios 1.0"),
        ("measure", {"measure": "beta"}, "Ratios 1.0"),  # it needs a benchmark
        ("benchmark", {"measure": "beta", "benchmark": "SPY"}, "In 5 years ISCB"),
        ("measure", {"measure": "expense_ratio"}, "no history to test it on"),
        ("measure", {"measure": "sector_weight/Technology"}, "no history to test it on"),
        ("threshold", {"threshold": "many"}, "in a tenth of the sessions"),
        ("threshold", {"threshold": "9"}, "At 9: in the 5 years"),
        ("comparison", {"comparison": ">"}, "was above"),
        ("comparison", {"comparison": "crosses below"}, "was below"),
        ("comparison", {"comparison": "changes"}, "Ratios 1.0"),
        ("window", {"window": "max"}, "In 5 years ISCB"),
    ],
)
async def test_whatever_is_put_in_the_form_stays_and_says_what_it_can(
    team: Office, name: str, values: dict[str, str], said: str
) -> None:
    await watching(team)
    await put_in(team, ANN, name, **values)
    await team.bot.shift.quiet()
    assert said in said_in_form(team, ANN)
    kept = form_state(team.form(ANN))
    for field, value in values.items():
        (now,) = kept[field].values()
        assert value in {now.get("value"), (now.get("selected_option") or {}).get("value"), ""}
