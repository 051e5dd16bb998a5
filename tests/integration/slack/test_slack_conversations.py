"""What people do at Slack and what they see, over Socket Mode."""

from __future__ import annotations

import itertools

from adapters.slack.app import SlackApp
from bot.chat.request import Place
from bot.chatkit.mentioned_papers import NO_PAPER
from bot.testing.store import FakeStore
from tests.integration.slack.small_engine import Calls
from tests.servers.slack import Fault, Message, SlackServer
from tests.servers.slack_user import OverSocket, SlackUser


async def seen(slack: SlackServer, words: str, channel: str = "C1", user: str = "U1") -> Message:
    """The newest message with these words, once somebody can see it."""
    found: list[Message] = await slack.until(lambda: [m for m in slack.visible(channel, user) if words in m.words])
    return found[-1]


async def home_with(slack: SlackServer, words: str) -> str:
    """All that is written in somebody's App Home, once these words are."""

    def written() -> str:
        shown = Message("", "", blocks=slack.homes.get("U1", {}).get("blocks", [])).words
        return shown if words in shown else ""

    found: str = await slack.until(written)
    return found


async def test_a_slash_command_is_answered_for_all_to_see(slack: SlackServer, user: SlackUser) -> None:
    acknowledged = await user.command("today")
    answer = await seen(slack, "Trending papers", user="U2")
    assert acknowledged == {}
    assert "<https://huggingface.co/papers/2606.01234|A Paper &lt;Written&gt; &amp; Told>" in answer.words
    assert answer.text.startswith("Trending papers")


async def test_progress_gives_way_to_the_answer(slack: SlackServer, user: SlackUser) -> None:
    await user.command("today")
    await seen(slack, "Trending papers")
    assert len(slack.visible("C1")) == 1


async def test_help_is_for_the_person_alone(slack: SlackServer, user: SlackUser) -> None:
    await user.command("help")
    assert (await seen(slack, "What can be asked")).only_for == "U1"


async def test_an_error_takes_the_placeholder_away_and_is_private(slack: SlackServer, user: SlackUser) -> None:
    await user.command("week")
    assert (await seen(slack, "Hugging Face does not answer")).only_for == "U1"
    assert not slack.visible("C1", "U2")


async def test_a_button_answers_in_the_thread_of_its_message(slack: SlackServer, user: SlackUser) -> None:
    await user.command("today")
    papers = await seen(slack, "Trending papers")
    await user.press(papers, "Details")
    assert (await seen(slack, "Paper 2606.01234")).thread == papers.ts


async def test_a_private_button_answers_in_private(slack: SlackServer, user: SlackUser) -> None:
    await user.command("today")
    await user.press(await seen(slack, "Trending papers"), "Hidden details")
    assert (await seen(slack, "Paper 2606.01234")).only_for == "U1"


async def test_a_button_with_a_question_opens_a_window_first(slack: SlackServer, user: SlackUser) -> None:
    await user.command("today")
    await user.press(await seen(slack, "Trending papers"), "Search for …")
    view = await slack.until(lambda: slack.views and slack.views[-1])
    assert view["blocks"][0]["label"]["text"] == "Which words?"
    assert await user.submit("graph <networks>") == {}
    assert "You searched for: graph &lt;networks&gt;" in (await seen(slack, "searched")).words


async def test_a_mention_is_answered_in_its_thread_with_a_stream(
    slack: SlackServer, user: SlackUser, calls: Calls
) -> None:
    calls.gate.clear()
    ts = await user.mention("why does it work?")
    await slack.until(lambda: [message for message in slack.order if message.streaming and message.text])
    calls.gate.set()
    answer = await seen(slack, "You asked: why does it work?")
    assert answer.thread == ts
    assert not answer.streaming
    assert (ts, "Reading the paper …") in slack.statuses


async def test_a_mention_in_a_thread_stays_in_it(slack: SlackServer, user: SlackUser, calls: Calls) -> None:
    await user.mention("and then?", thread="1783684800.5")
    assert (await seen(slack, "You asked")).thread == "1783684800.5"
    assert calls.questions[0].place == Place("slack:T1", "C1", "1783684800.5")


async def test_without_the_agents_features_an_answer_is_edited_in(
    slack: SlackServer, user: SlackUser, calls: Calls
) -> None:
    slack.agent = False
    calls.gate.clear()
    await user.mention("why?")
    await slack.until(lambda: slack.visible("C1", "U2"))
    calls.gate.set()
    answer = await seen(slack, "You asked: why?")
    assert answer.words == "You asked: why?"
    assert answer.edits


async def test_a_channel_that_is_closed_to_the_bot_does_not_end_the_status_elsewhere(
    slack: SlackServer, user: SlackUser
) -> None:
    await user.mention("why?", channel="C3")
    await slack.until(lambda: any(method == "assistant.threads.setStatus" for method, _ in slack.calls))
    ts = await user.mention("and here?")
    await seen(slack, "You asked: and here?")
    assert (ts, "Reading the paper …") in slack.statuses


async def test_edits_keep_their_distance(slack: SlackServer, user: SlackUser) -> None:
    slack.agent = False
    await user.mention("why?")
    answer = await seen(slack, "You asked: why?")
    on_the_way = answer.edits[:-1]
    assert all(later - earlier >= 0.04 for earlier, later in itertools.pairwise(on_the_way))


async def test_a_direct_message_is_a_question(slack: SlackServer, user: SlackUser, calls: Calls) -> None:
    await user.direct("what is new?")
    answer = await seen(slack, "You asked: what is new?", channel="D1")
    assert answer.thread == ""
    assert calls.questions[0].direct


async def test_a_direct_message_may_be_a_command(slack: SlackServer, user: SlackUser) -> None:
    await user.direct("today")
    assert await seen(slack, "Trending papers", channel="D1")


async def test_a_request_knows_zone_and_language(slack: SlackServer, user: SlackUser, calls: Calls) -> None:
    await user.mention("why?")
    await seen(slack, "You asked")
    assert (calls.questions[0].timezone, calls.questions[0].locale) == ("Europe/Berlin", "de-DE")


async def test_a_thread_under_a_list_is_about_its_papers(
    slack: SlackServer, user: SlackUser, store: FakeStore, app: SlackApp
) -> None:
    await user.command("today")
    papers = await seen(slack, "Trending papers")
    await app.inbox.drained()
    assert await store.conversations.shown_list(Place("slack:T1", "C1", papers.ts)) == ["2606.01234"]


async def test_the_shortcut_shows_the_linked_paper_in_private(slack: SlackServer, user: SlackUser) -> None:
    await user.shortcut("look: <https://arxiv.org/abs/2606.01234>")
    assert (await seen(slack, "Paper 2606.01234")).only_for == "U1"


async def test_the_shortcut_on_a_message_without_paper_says_so(slack: SlackServer, user: SlackUser) -> None:
    await user.shortcut("lunch?")
    assert (await seen(slack, NO_PAPER[:30])).only_for == "U1"


async def test_the_home_shows_today_digests_and_settings(slack: SlackServer, user: SlackUser) -> None:
    await user.open_home()
    words = await home_with(slack, "Trending papers")
    assert "Digests of U1" in words
    assert "Europe/Berlin" in words


async def test_an_empty_home_says_at_once_what_is_being_done(slack: SlackServer, user: SlackUser) -> None:
    await user.open_home()
    await home_with(slack, "Trending papers")
    assert len([method for method, _ in slack.calls if method == "views.publish"]) == 2


async def test_a_double_click_is_one_press(slack: SlackServer, user: SlackUser, app: SlackApp) -> None:
    await user.command("today")
    papers = await seen(slack, "Trending papers")
    slack.go_wrong("chat.postMessage", Fault(delay=0.2))
    slack.go_wrong("views.open", Fault(delay=0.2))
    for label in ("Details", "Details", "Search for …", "Search for …"):
        await user.press(papers, label)
    await app.inbox.drained()
    assert len([message for message in slack.visible("C1") if "Paper 2606.01234" in message.words]) == 1
    assert len(slack.views) == 1


async def test_a_button_in_the_home_answers_in_direct_messages(slack: SlackServer, user: SlackUser) -> None:
    await user.open_home()
    await home_with(slack, "Trending papers")
    await user.press_in_home("Details")
    assert await seen(slack, "Paper 2606.01234", channel="D1")


async def test_the_agents_view_offers_what_to_ask(slack: SlackServer, user: SlackUser) -> None:
    await user.open_home("messages")
    prompts = await slack.until(lambda: slack.prompts)
    assert {"title", "message"} == set(prompts[0]["prompts"][0])


async def test_a_long_answer_goes_on_in_the_thread(slack: SlackServer, user: SlackUser) -> None:
    await user.command("trending")
    await seen(slack, "word3999")
    first, *rest = slack.visible("C1")
    assert rest
    assert {message.thread for message in rest} == {first.ts}
    words = " ".join(message.words for message in (first, *rest)).split()
    assert all(f"word{number}" in words for number in range(4_000))


async def test_an_admin_may_manage_a_channel_and_others_may_not(slack: SlackServer, user: SlackUser) -> None:
    await user.command("tune")
    await slack.until(lambda: [message for message in slack.visible("C1") if message.only_for == "U1"])
    assert not [message for message in slack.visible("C1") if "You may manage" in message.words]
    await SlackUser(slack, OverSocket(slack), user="U9").command("tune")
    assert (await seen(slack, "You may manage", user="U9")).only_for == "U9"


async def test_a_channels_creator_may_manage_it(slack: SlackServer, user: SlackUser) -> None:
    slack.channels["C1"].creator = "U1"
    await user.command("tune")
    assert await seen(slack, "You may manage")


async def test_where_the_bot_is_no_member_the_answer_comes_all_the_same(slack: SlackServer, user: SlackUser) -> None:
    await user.command("today", channel="C2")
    assert (await seen(slack, "Trending papers", channel="C2", user="U2")).only_for == ""


async def test_a_picture_of_our_own_is_shown(slack: SlackServer, user: SlackUser) -> None:
    await user.command("date 2026-07-10")
    assert "(picture: A curve that rises.)" in (await seen(slack, "Look:")).words


async def test_a_picture_is_shown_to_one_person_alone(slack: SlackServer, user: SlackUser, app: SlackApp) -> None:
    await user.command("usage")
    message = await seen(slack, "(picture: A curve that rises.)")
    assert message.only_for == "U1"
    assert "response_url" not in [method for method, _ in slack.calls]
