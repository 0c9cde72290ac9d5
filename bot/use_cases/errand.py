"""What is left of a promise when it is to be kept, and where it goes: people act while it waits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from bot.errors import Unavailable
from bot.ports import Book, Place, Publisher
from bot.records import OFF, Digest, Edition, Incident, Kept, Kind, Mode, NewPromise, Status, Story, Watched


class Moot(Exception):
    """There is nothing left to tell; the text says why."""


@dataclass(frozen=True)
class Errand:
    """A promise on its way.

    root: the ts of the message that gets other words, None where one is posted.
    picture: Slack's id of the file that it shows, None where it shows none.
    links: addresses of cards by the rule's name.
    closed: why the channel of an alert takes no posts, empty where it takes some again.
    """

    promise: NewPromise
    place: Place
    root: str | None = None
    picture: str | None = None
    links: Mapping[str, str] = field(default_factory=dict)
    closed: str = ""


async def errand(promise: NewPromise, book: Book, publisher: Publisher) -> Errand:
    """Look at what has become of the rule, the incident and the channel's digest meanwhile.

    What a person has done by hand is told in any case.  Raises Moot.
    """
    place = Place(promise.team, promise.channel, user="")
    content = promise.content
    if isinstance(content, str):
        return Errand(promise, place)
    if isinstance(content, Story) and promise.kind is Kind.ALERT:
        return await _of_alert(promise, content, book, place)
    digest = await book.digest(promise.channel)
    # One that was stopped meanwhile is tried: what the channel refuses is told to the rules' owners.
    if not _by_hand(promise) and not (digest and digest.on):
        raise Moot(OFF)
    if isinstance(content, Story):
        return await _of_story(promise, content, book, place)
    if promise.kind is Kind.DETAILS:
        return await _of_details(promise, content, book, place)
    edition = await _alive(promise, content, book, digest)
    return Errand(
        replace(promise, content=edition), place, links=await _links(edition, book, publisher, place)
    )


def _by_hand(promise: NewPromise) -> bool:
    """Whether a person's deed is told, or was asked for."""
    return "/" in promise.subject


async def _of_story(promise: NewPromise, story: Story, book: Book, place: Place) -> Errand:
    kept = await book.rule(story.watched.number)
    if not _by_hand(promise):
        if not _is_read(kept, story.watched):
            raise Moot(f"{story.watched.key} is not read any more")
        story = _as_it_is(story, kept)
    promise, incident = replace(promise, content=story), await _incident(story, book)
    root = incident.ts if incident else None
    if promise.kind is Kind.REPLY and root:
        return Errand(promise, replace(place, thread=root))
    if promise.kind is Kind.CARD or root:
        return Errand(promise, place, root, incident.picture if incident else None)
    raise Moot(f"no card of {story.watched.key} was posted")


async def _of_alert(promise: NewPromise, story: Story, book: Book, place: Place) -> Errand:
    watched = story.watched
    kept, digest = await book.rule(watched.number), await book.digest(watched.channel)
    if kept is None or kept.watched.key != watched.key or kept.watched.status is Status.DELETED:
        raise Moot(f"{watched.key} is not read any more")
    if digest is None or not digest.on:
        raise Moot(OFF)
    incident = await _incident(story, book)
    if digest.active and incident and incident.ts:
        raise Moot("the channel takes posts again and has the card")
    return Errand(replace(promise, content=_as_it_is(story, kept)), place, closed=digest.stopped)


def _is_read(kept: Kept | None, watched: Watched) -> bool:
    return kept is not None and kept.watched.key == watched.key and kept.watched.status is Status.ACTIVE


def _as_it_is(story: Story, kept: Kept | None) -> Story:
    """With whoever has taken the incident in hand since the story was decided."""
    if kept is None or kept.standing.state.fired != story.state.fired or not story.state.open:
        return story
    now = kept.standing.state
    state = replace(story.state, acknowledged=now.acknowledged, snoozed_until=now.snoozed_until)
    return replace(story, state=state)


async def _incident(story: Story, book: Book) -> Incident | None:
    """The incident that a story is about, as it is known where its card was posted."""
    watched, newest = story.watched, next(iter(story.incidents), None)
    if newest and newest.ts and newest.version == watched.version:
        return newest
    fired = story.state.fired or (newest and newest.fired)
    incident = await book.incident(watched.number, watched.version)
    if incident is None or incident.fired == fired:
        return incident
    older = (await book.history(watched.number)).incidents  # another one has begun since
    mine = (each for each in older if (each.version, each.fired) == (watched.version, fired))
    return next(mine, None)


async def _of_details(promise: NewPromise, edition: Edition, book: Book, place: Place) -> Errand:
    """They go into the thread of their digest."""
    parent = await book.delivered(promise.channel, promise.session, Kind.DIGEST.value, promise.subject)
    if parent is None:
        raise Moot("its digest was not posted")
    stories = await _stories_alive(edition, book, promise.channel)
    return Errand(replace(promise, content=replace(edition, stories=stories)), replace(place, thread=parent))


async def _alive(promise: NewPromise, edition: Edition, book: Book, digest: Digest | None) -> Edition:
    """Without the rules that were paused, edited or deleted since."""
    stories = await _stories_alive(edition, book, promise.channel)
    names = {story.watched.name for story in stories}
    missed = tuple((name, flip) for name, flip in edition.missed if name in names)
    news = missed or any(story.flip for story in stories)
    quiet = digest is not None and digest.mode is Mode.QUIET
    if not _by_hand(promise) and (not stories or (quiet and not news)):
        raise Moot("none of the rules that it tells of is read any more")
    return replace(edition, stories=stories, missed=missed)


async def _stories_alive(edition: Edition, book: Book, channel: str) -> tuple[Story, ...]:
    read = {kept.watched.key: kept for kept in await book.rules(channel)}
    return tuple(story for story in edition.stories if _is_read(read.get(story.watched.key), story.watched))


async def _links(edition: Edition, book: Book, publisher: Publisher, place: Place) -> dict[str, str]:
    """To the cards of what is open or has changed, as far as Slack says."""
    links = {}
    for story in edition.stories:
        if not (story.state.open or story.flip):
            continue
        incident = await _incident(story, book)
        if not incident or not incident.ts:
            continue
        try:
            link = await publisher.link(place, incident.ts)
        except Unavailable:
            link = None
        if link:
            links[story.watched.name] = link
    return links
