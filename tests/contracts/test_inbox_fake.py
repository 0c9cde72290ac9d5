"""The inbox of tests keeps what every inbox notices."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from tests.contracts.test_store_inbox import (
    test_a_lease_that_a_clock_ahead_has_given_holds_up_nobody,
    test_a_question_is_taken_as_it_was_put,
    test_a_second_delivery_is_not_refused_nor_counted,
    test_a_second_delivery_is_the_same_question,
    test_a_workspace_served_by_a_clock_ahead_is_not_put_behind,
    test_all_that_is_worked_on_is_freed_at_once,
    test_in_a_workspace_the_person_with_the_fewest_being_worked_on_is_next,
    test_neither_does_a_channel_nor_a_workspace,
    test_of_what_comes_together_each_is_counted,
    test_one_person_does_not_ask_without_end,
    test_one_works_on_it_until_the_lease_ends,
    test_the_oldest_question_is_the_first,
    test_the_workspace_with_the_fewest_being_worked_on_is_next,
    test_what_is_done_is_done,
    test_what_is_put_back_may_be_taken_at_once,
    test_what_nobody_asked_is_not_counted_nor_refused,
    test_what_was_done_is_forgotten_and_nothing_else,
    test_who_was_overtaken_cannot_hold_on_to_it,
    test_who_works_on_it_may_hold_on_to_it,
    test_without_limits_nothing_is_refused,
    test_workspaces_with_as_many_are_served_in_turn,
)
from tests.fakes.inbox import MemoryInbox

__all__ = [
    "test_a_lease_that_a_clock_ahead_has_given_holds_up_nobody",
    "test_a_question_is_taken_as_it_was_put",
    "test_a_second_delivery_is_not_refused_nor_counted",
    "test_a_second_delivery_is_the_same_question",
    "test_a_workspace_served_by_a_clock_ahead_is_not_put_behind",
    "test_all_that_is_worked_on_is_freed_at_once",
    "test_in_a_workspace_the_person_with_the_fewest_being_worked_on_is_next",
    "test_neither_does_a_channel_nor_a_workspace",
    "test_of_what_comes_together_each_is_counted",
    "test_one_person_does_not_ask_without_end",
    "test_one_works_on_it_until_the_lease_ends",
    "test_the_oldest_question_is_the_first",
    "test_the_workspace_with_the_fewest_being_worked_on_is_next",
    "test_what_is_done_is_done",
    "test_what_is_put_back_may_be_taken_at_once",
    "test_what_nobody_asked_is_not_counted_nor_refused",
    "test_what_was_done_is_forgotten_and_nothing_else",
    "test_who_was_overtaken_cannot_hold_on_to_it",
    "test_who_works_on_it_may_hold_on_to_it",
    "test_without_limits_nothing_is_refused",
    "test_workspaces_with_as_many_are_served_in_turn",
]


@dataclass
class Store:
    inbox: MemoryInbox = field(default_factory=MemoryInbox)


@pytest.fixture
def store() -> Store:
    return Store()
