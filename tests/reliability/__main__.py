"""python -m tests.reliability: disturbs a month of daily runs and prints what arrived.

    python -m tests.reliability                                              everything, about an hour
    python -m tests.reliability --faults kills --kills 50 --database postgres --history no --seed 2
    python -m tests.reliability --faults slack,data --sessions 10
    python -m tests.reliability --faults http --seconds 60
    python -m tests.reliability --faults questions --kills 50 --database sqlite
    python -m tests.reliability --faults flood --questions 20

PostgreSQL is found by TEST_DATABASE_URL.  Ends with 1 where anything was lost, or doubled without a cause.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections import Counter
from collections.abc import Iterator, Sequence

from tests.benchmarks.table import print_table
from tests.contracts.stores import server
from tests.reliability.cases import (
    CLOSING,
    CONNECTIONS,
    CRASH,
    DATA,
    DISK,
    EVERY,
    KILLS,
    LEAP,
    ON_POSTGRES,
    PAUSES,
    SLACK,
    Case,
    Outcome,
    Trials,
    can_mount,
)
from tests.reliability.cluster import programs
from tests.reliability.flood import FLOOD, Flood, everywhere
from tests.reliability.flood import facts as of_flood
from tests.reliability.questions import QUESTIONS, Result, tried
from tests.reliability.questions import SPEED as QUESTIONS_SPEED
from tests.reliability.questions import STEPS as KILLED_IN
from tests.reliability.siege import HTTP, Siege, both, facts
from tests.reliability.trial import SPEED

OF_QUESTIONS = (HTTP, FLOOD, QUESTIONS)
NAMES = (*EVERY, *OF_QUESTIONS)
STEPS = ("fetch", "decide", "commit", "claim", "words", "post", "rewrite", "look", "record")
SHORT = {
    KILLS: 0,
    CLOSING: 5,
    SLACK: 7,
    CONNECTIONS: 6,
    CRASH: 6,
    DISK: 5,
    LEAP: 3,
    **dict.fromkeys(PAUSES, 3),
}
"""Sessions, where not ten; 0: all 23."""


def main(given: Sequence[str]) -> int:
    """Run the cases that were asked for; 1 where one of them is not sound."""
    asked = _asked(given)
    sieges = asyncio.run(both(asked.seconds)) if HTTP in asked.faults else []
    for siege in sieges:
        print_table(f"A process under attack, --role {siege.role}", facts(siege))
        _say_failed(siege)
    answered = asyncio.run(_answered(asked)) if QUESTIONS in asked.faults else []
    if answered:
        print_table("What was answered", [_of_questions(each) for each in answered], ANSWERED)
        print_table("What the kills cut off", [_cut_questions(each) for each in answered])
    floods = asyncio.run(everywhere(asked.questions)) if FLOOD in asked.faults else []
    for flood in floods:
        print_table(f"One workspace floods: {flood.case}", of_flood(flood))
    outcomes = asyncio.run(_run(list(_cases(asked))))
    if not outcomes and not sieges and not floods and not answered:
        print("There is nothing to try: PostgreSQL is found by TEST_DATABASE_URL, a small disk takes root.")
        return 1
    if outcomes:
        print_table("What arrived", [_row(each) for each in outcomes], NOTE)
    killed = [each for each in outcomes if each.kills]
    if killed:
        print_table("What the kills cut off", [_cuts(each) for each in killed], CUTS)
    arrived = all(verdict.sound for each in outcomes for _, verdict in each.passes)
    sound: list[Siege | Flood | Result] = [*sieges, *floods, *answered]
    return 0 if arrived and all(each.sound for each in sound) else 1


def _asked(given: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m tests.reliability", description="Kill, disturb, count.")
    parser.add_argument("--faults", type=_names, default=list(NAMES), help="of: " + ", ".join(NAMES))
    parser.add_argument("--kills", type=int, default=50, help="of each case of that name")
    parser.add_argument("--database", choices=["sqlite", "postgres", "both"], default="both")
    parser.add_argument("--history", choices=["yes", "no", "both"], default="both")
    parser.add_argument("--sessions", type=int, default=0, help="else 23 of kills, fewer of the others")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--speed", type=float, default=0.0, help="seconds of the run in one, else 40 or 4")
    parser.add_argument("--seconds", type=float, default=60.0, help="of an attack on the HTTP port")
    parser.add_argument("--questions", type=int, default=20, help="of each of two workspaces beside a flood")
    return parser.parse_args(given)


def _names(text: str) -> list[str]:
    """What is to be tried; argparse tells of one that is not known."""
    names = text.split(",")
    for name in names:
        if name not in NAMES:
            raise argparse.ArgumentTypeError(f"There is no {name}.")
    return names


def _cases(asked: argparse.Namespace) -> Iterator[Case]:
    for what in asked.faults:
        if what in OF_QUESTIONS:
            continue
        kills, sessions = asked.kills if what in (KILLS, CLOSING) else 0, SHORT.get(what, 10)
        for database in _databases(asked):
            for history in _histories(asked):
                if _possible(what, database) and (history or what != DATA):
                    yield Case(
                        what,
                        database,
                        history,
                        kills,
                        asked.sessions or sessions,
                        seed=asked.seed,
                        speed=asked.speed or SPEED,
                    )


def _databases(asked: argparse.Namespace) -> list[str]:
    return ["sqlite", "postgres"] if asked.database == "both" else [asked.database]


def _histories(asked: argparse.Namespace) -> list[bool]:
    return {"yes": [True], "no": [False], "both": [True, False]}[asked.history]


def _possible(what: str, database: str) -> bool:
    if database == "postgres" and what != CRASH and not server():
        return False
    if what == DISK:
        return database == "sqlite" and can_mount()
    if what == CRASH:
        return database == "postgres" and programs() is not None
    return database == "postgres" or what not in ON_POSTGRES


async def _answered(asked: argparse.Namespace) -> list[Result]:
    results = []
    for database in _databases(asked):
        if database == "sqlite" or server():
            for history in _histories(asked):
                speed = asked.speed or QUESTIONS_SPEED
                result = await tried(database, asked.kills, history=history, seed=asked.seed, speed=speed)
                results.append(result)
                print(f"questions, {database}: {result.seconds:.0f} s", file=sys.stderr)
                for name in ("lost", "doubled", "forgotten"):
                    for each in getattr(result, name)[:10]:
                        print(f"  {name}: {each}", file=sys.stderr)
    return results


async def _run(cases: Sequence[Case]) -> list[Outcome]:
    trials, outcomes = Trials(), []
    for case in cases:
        outcome = await trials.run(case)
        outcomes.append(outcome)
        _say(outcome)
    return outcomes


def _say(outcome: Outcome) -> None:
    """While it runs, and all that is not as it should be."""
    case = outcome.case
    seconds = sum(finished.seconds for finished, _ in outcome.passes)
    print(f"{_name(case)}: {seconds:.0f} s", file=sys.stderr)
    for finished, verdict in outcome.passes:
        for name in ("lost", "invented", "unexplained", "different"):
            for each in getattr(verdict, name)[:10]:
                print(f"  {name}: {each}", file=sys.stderr)
        faults = {step: count for step in ("run", *STEPS) if (count := finished.failed(step))}
        print(f"  steps that failed: {faults or 'none'}", file=sys.stderr)
        for each in finished.disturbances[:10]:
            print(f"  {each}", file=sys.stderr)


def _say_failed(siege: Siege) -> None:
    for each in siege.failed[:10]:
        print(f"  failed: {each}", file=sys.stderr)
    print(f"  refused: {siege.refused}", file=sys.stderr)
    print(f"  done: {siege.done}", file=sys.stderr)


NOTE = (
    "notices: rows of the outbox that an undisturbed run keeps.  faults: calls that Slack refused or broke. "
    "ended: workers that ended by themselves and were started again.  window: posts that arrived and were "
    "not recorded as far as is known: the worker was killed (perhaps just after it had recorded), had no "
    "answer, or could not write.  doubled: messages too many, and those of them without such a cause.  "
    "possibly: posts logged as possibly repeated.  found: doubtful posts found by their key.  contents: "
    "whether states, transitions, incidents, digests, the outbox and the words are as in the undisturbed run."
)
CUTS = (
    "Steps that had begun and not ended when the worker was killed; a worker keeps many channels at once, so "
    "that one kill cuts several."
)


ANSWERED = (
    "possibly: answers logged as possibly repeated.  found: answers that stood already, not posted again.  "
    "forgotten: answers of whose thread it is not kept what it is about.  longest: seconds from the start of "
    "the next worker to the answer, by the run's clock."
)


def _of_questions(result: Result) -> dict[str, str]:
    facts: dict[str, object] = {
        "case": _named(QUESTIONS, result.database, result.history),
        "kills": len(result.cuts),
        "asked": len(result.answered),
        "lost": len(result.lost),
        "doubled": len(result.doubled),
        "possibly": result.possibly,
        "found": result.found,
        "forgotten": len(result.forgotten),
        "rules": result.rules,
        "longest": f"{result.longest:.1f}",
    }
    return {name: str(fact) for name, fact in facts.items()}


def _cut_questions(result: Result) -> dict[str, str]:
    counts = Counter(step for steps in result.cuts for step in steps)
    case = {"case": _named(QUESTIONS, result.database, result.history), "kills": str(len(result.cuts))}
    return case | {step: str(counts[step]) for step in ("words", *KILLED_IN, "look")}


def _name(case: Case) -> str:
    return _named(case.what, case.database, case.history)


def _named(what: str, database: str, history: bool) -> str:
    shown = {"sqlite": "SQLite", "postgres": "PostgreSQL", "postgresql": "PostgreSQL"}[database]
    return f"{what}, {shown}{', history' if history else ''}"


def _row(outcome: Outcome) -> dict[str, str]:
    case, total = outcome.case, outcome.total
    doubled = total(lambda _, verdict: len(verdict.doubled))
    unexplained = total(lambda _, verdict: len(verdict.unexplained))
    return {
        "case": _name(case),
        "kills": str(outcome.kills),
        "ended": str(total(lambda finished, _: len(finished.ended))),
        "faults": str(total(lambda finished, _: finished.faults)),
        "notices": str(total(lambda finished, _: sum(row.state == "sent" for row in finished.rows))),
        "lost": str(total(lambda _, verdict: len(verdict.lost))),
        "window": str(total(lambda _, verdict: len(verdict.window))),
        "doubled": f"{doubled} ({unexplained})",
        "possibly": str(total(lambda finished, _: len(finished.repeated))),
        "found": str(total(lambda finished, _: finished.noted("found"))),
        "contents": "same" if all(not verdict.different for _, verdict in outcome.passes) else "DIFFERENT",
    }


def _cuts(outcome: Outcome) -> dict[str, str]:
    case = outcome.case
    counts = Counter(step for finished, _ in outcome.passes for kill in finished.kills for step in kill.steps)
    return {"case": _name(case), "kills": str(outcome.kills)} | {step: str(counts[step]) for step in STEPS}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
