"""What is left of a notice when its turn has come: the rule, the pair, the card and the channel meanwhile."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from analytics.pairs import PairReturns
from bot.errors import Unavailable
from bot.model import (
    OFF,
    Digest,
    DigestContent,
    NewNotice,
    NoticeKind,
    RuleIncident,
    RuleReport,
    RuleStatus,
    RuleVersion,
    StoredRule,
)
from bot.ports import Place, Publisher, WorkspaceRepository
from bot.schedule import comes_without_news


class ObsoleteNotice(Exception):
    """There is nothing left to tell; the text says why."""


@dataclass(frozen=True)
class OutgoingNotice:
    """A notice on its way.

    root: the ts of the message that gets other words, None where one is posted.
    picture: Slack's id of the file that it shows, None where it shows none.
    links: addresses of cards by the rule's name.
    closed: why the channel of an alert takes no posts, empty where it takes some again.
    """

    notice: NewNotice
    place: Place
    root: str | None = None
    picture: str | None = None
    links: Mapping[str, str] = field(default_factory=dict)
    closed: str = ""


async def recheck(notice: NewNotice, repository: WorkspaceRepository, publisher: Publisher) -> OutgoingNotice:
    """Look at what has become of the rule, the incident and the channel's digest meanwhile.

    What a person has done by hand is told in any case.  Raises ObsoleteNotice.
    """
    place = Place(notice.team, notice.channel, user="")
    content = notice.content
    if isinstance(content, str):
        return OutgoingNotice(notice, place)
    if isinstance(content, RuleReport) and notice.kind is NoticeKind.ALERT:
        return await _recheck_alert(notice, content, repository, place)
    digest = await repository.digest(notice.channel)
    # One that was stopped meanwhile is tried: what the channel refuses is told to the rules' owners.
    if not _by_hand(notice) and not (digest and digest.on):
        raise ObsoleteNotice(OFF)
    if isinstance(content, RuleReport):
        return await _recheck_report(notice, content, repository, place)
    if notice.kind in (NoticeKind.DETAILS, NoticeKind.FILE):
        return await _recheck_details(notice, content, repository, place)
    digest_content = await _live_content(notice, content, repository, digest)
    return OutgoingNotice(
        replace(notice, content=digest_content),
        place,
        links=await _card_links(digest_content, repository, publisher, place),
    )


def _by_hand(notice: NewNotice) -> bool:
    """Return whether a person's deed is told, or was asked for."""
    return "/" in notice.subject


async def _recheck_report(
    notice: NewNotice, report: RuleReport, repository: WorkspaceRepository, place: Place
) -> OutgoingNotice:
    stored = await repository.rule(report.watched.number)
    if not _by_hand(notice):
        if not (_is_active(stored) if report.followed else _is_read(stored, report.watched)):
            raise ObsoleteNotice(f"{report.watched.key} is not read any more")
        report = _with_acknowledgement(report, stored)
    notice, incident = replace(notice, content=report), await _incident(report, repository)
    root = incident.ts if incident else None
    if notice.kind is NoticeKind.REPLY and root:
        return OutgoingNotice(notice, replace(place, thread=root))
    if notice.kind is NoticeKind.CARD or root:
        return OutgoingNotice(notice, place, root, incident.picture if incident else None)
    raise ObsoleteNotice(f"no card of {report.watched.key} was posted")


async def _recheck_alert(
    notice: NewNotice, report: RuleReport, repository: WorkspaceRepository, place: Place
) -> OutgoingNotice:
    watched = report.watched
    stored, digest = await repository.rule(watched.number), await repository.digest(watched.channel)
    if stored is None or stored.watched.key != watched.key or stored.watched.status is RuleStatus.DELETED:
        raise ObsoleteNotice(f"{watched.key} is not read any more")
    if digest is None or not digest.on:
        raise ObsoleteNotice(OFF)
    incident = await _incident(report, repository)
    if digest.active and incident and incident.ts:
        raise ObsoleteNotice("the channel takes posts again and has the card")
    return OutgoingNotice(
        replace(notice, content=_with_acknowledgement(report, stored)), place, closed=digest.stopped
    )


def _is_active(stored: StoredRule | None) -> bool:
    """Return whether a rule is read in any version: what followed is true of an older one, too."""
    return stored is not None and stored.watched.status is RuleStatus.ACTIVE


def _is_read(stored: StoredRule | None, watched: RuleVersion) -> bool:
    now = stored.watched if stored else None
    return now is not None and now.key == watched.key and now.status is RuleStatus.ACTIVE


def _with_acknowledgement(report: RuleReport, stored: StoredRule | None) -> RuleReport:
    """Add whoever has taken the incident in hand since the story was decided."""
    if stored is None or stored.rule_state.state.fired != report.state.fired or not report.state.open:
        return report
    return replace(report, state=report.state.in_hand_as(stored.rule_state.state))


async def _incident(report: RuleReport, repository: WorkspaceRepository) -> RuleIncident | None:
    """Return the incident that a report is about, as it is known where its card was posted."""
    watched, newest = report.watched, next(iter(report.incidents), None)
    if newest and newest.ts and newest.version == watched.version:
        return newest
    fired = report.state.fired or (newest and newest.fired)
    incident = await repository.incident(watched.number, watched.version)
    if incident is None or incident.fired == fired:
        return incident
    older = (await repository.history(watched.number)).incidents  # another one has begun since
    mine = (each for each in older if (each.version, each.fired) == (watched.version, fired))
    return next(mine, None)


async def _recheck_details(
    notice: NewNotice, digest_content: DigestContent, repository: WorkspaceRepository, place: Place
) -> OutgoingNotice:
    """Put the details, or a month's file, into the thread of their digest."""
    parent = await repository.delivered_ts(
        notice.channel, notice.session, NoticeKind.DIGEST.value, notice.subject
    )
    if parent is None:
        raise ObsoleteNotice("its digest was not posted")
    reports = await _live_reports(digest_content, repository, notice.channel)
    live = await _with_live_pairs(digest_content, repository, notice.channel)
    return OutgoingNotice(
        replace(notice, content=replace(live, stories=reports)), replace(place, thread=parent)
    )


async def _live_content(
    notice: NewNotice, digest_content: DigestContent, repository: WorkspaceRepository, digest: Digest | None
) -> DigestContent:
    """Drop the rules that were paused, edited or deleted since, and the pairs that are followed no more."""
    live = await _with_live_pairs(digest_content, repository, notice.channel)
    reports = await _live_reports(digest_content, repository, notice.channel)
    names = {report.watched.name for report in reports}
    missed = tuple((name, transition) for name, transition in digest_content.missed if name in names)
    silent = digest is not None and not missed and not comes_without_news(digest, notice.not_before)
    quiet = silent and not any(report.flip for report in reports)
    if not _by_hand(notice) and (quiet or not (reports or live.pairs)):
        raise ObsoleteNotice("nothing that it tells of is read any more")
    return replace(live, stories=reports, missed=missed)


async def _with_live_pairs(
    digest_content: DigestContent, repository: WorkspaceRepository, channel: str
) -> DigestContent:
    if not digest_content.pairs:
        return digest_content
    followed = {each.pair for each in await repository.follows(channel)}

    def live(pairs: tuple[PairReturns, ...]) -> tuple[PairReturns, ...]:
        return tuple(each for each in pairs if " ".join(sorted(each.symbols[:2])) in followed)

    week, month = (
        replace(each, pairs=live(each.pairs)) if each else None
        for each in (digest_content.week, digest_content.month)
    )
    return replace(digest_content, pairs=live(digest_content.pairs), week=week, month=month)


async def _live_reports(
    digest_content: DigestContent, repository: WorkspaceRepository, channel: str
) -> tuple[RuleReport, ...]:
    read = {stored.watched.key: stored for stored in await repository.rules(channel)}
    return tuple(
        report for report in digest_content.stories if _is_read(read.get(report.watched.key), report.watched)
    )


async def _card_links(
    digest_content: DigestContent, repository: WorkspaceRepository, publisher: Publisher, place: Place
) -> dict[str, str]:
    """Link to the cards of what is open or has changed, as far as Slack says."""
    links = {}
    for report in digest_content.stories:
        if not (report.state.open or report.flip):
            continue
        incident = await _incident(report, repository)
        if not incident or not incident.ts:
            continue
        try:
            link = await publisher.link(place, incident.ts)
        except Unavailable:
            link = None
        if link:
            links[report.watched.name] = link
    return links
