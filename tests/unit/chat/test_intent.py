"""Commands, papers and questions are told apart."""

from __future__ import annotations

import pytest

from bot.chat.commands import COMMANDS
from bot.chat.grammar import Invocation
from bot.chat.intent import understand
from bot.chat.request import Origin, Place, Request
from bot.errors import BadInput
from bot.papers.references import read_reference


def read(line: str, origin: Origin = Origin.MESSAGE, *, questions: bool = True) -> Invocation | None:
    request = Request(place=Place("terminal:local", "c"), user="u", text=line, origin=origin)
    return understand(request, COMMANDS, questions=questions)


@pytest.mark.parametrize(
    "line",
    [
        "show me how the model was trained",
        "How many GPUs?",
        "usage of memory in the second experiment",
        "help me understand table 2",
        "why?",
        "what about it",
        "search?",
    ],
)
def test_free_words_are_a_question(line: str) -> None:
    assert read(line) is None


@pytest.mark.parametrize("line", ["shwo #3", "serach", "search", "show", "todya"])
def test_a_slip_is_met_with_a_hint(line: str) -> None:
    with pytest.raises(BadInput):
        read(line)


@pytest.mark.parametrize(
    "line", ["subscribe at", "Subscribe feed about", "unsubscribe feed at 9", "managers who are you"]
)
def test_managing_is_no_question(line: str) -> None:
    with pytest.raises(BadInput, match=r"Usage|one of"):
        read(line)


@pytest.mark.parametrize("origin", Origin)
@pytest.mark.parametrize("line", ["#3", "2606.01234v2", "https://arxiv.org/abs/2606.01234"])
def test_a_paper_alone_is_shown(line: str, origin: Origin) -> None:
    invocation = read(line, origin)
    assert invocation is not None
    assert (invocation.command.name, invocation.get("paper")) == ("show", line)


def test_a_command_is_a_command_wherever_it_is_said() -> None:
    invocation = read("today top 3")
    assert invocation is not None
    assert invocation.command.name == "today"


def test_after_the_commands_name_free_words_are_refused() -> None:
    with pytest.raises(BadInput, match="no command"):
        read("how was it trained", Origin.COMMAND)


def test_without_questions_free_words_are_refused() -> None:
    with pytest.raises(BadInput, match="no command"):
        read("how was it trained", questions=False)


@pytest.mark.parametrize("line", ["сегодня", "hello", "Bonjour!", "1"])
def test_a_lone_word_that_asks_nothing_is_met_with_a_hint(line: str) -> None:
    with pytest.raises(BadInput):
        read(line)


@pytest.mark.parametrize("line", ["page 2", "Top 5"])
def test_a_part_of_no_list_is_no_question_to_a_paper(line: str) -> None:
    with pytest.raises(BadInput, match=f"`today {line}`"):
        read(line)


@pytest.mark.parametrize("line", ["почему?", "这篇论文的方法是什么", "何が新しいですか？"])
def test_a_question_in_one_word_is_a_question(line: str) -> None:
    assert read(line) is None


@pytest.mark.parametrize("line", ["today\0", "to\0day", "\u200btoday", "\x07today\r\n"])
def test_control_characters_change_no_command(line: str) -> None:
    invocation = read(line)
    assert invocation is not None
    assert invocation.command.name == "today"


def test_a_bare_number_is_told_how_numbers_are_written() -> None:
    with pytest.raises(BadInput, match="Did you mean `#1`"):
        read_reference("1")


def test_blanks_without_end_are_refused_with_a_sentence() -> None:
    with pytest.raises(BadInput, match="characters"):
        read(" " * 100_000)
