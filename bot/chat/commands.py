"""Every command, once.  Slack's text, Discord's command tree, the terminal, `help` and the README's table are made
from these descriptions.
"""

from __future__ import annotations

from bot.chat.grammar import Argument, Command, Kind
from bot.chat.paging import MAX_PAGE, MAX_PAGE_SIZE

REFERENCE = Argument(
    name="paper",
    kind=Kind.REFERENCE,
    help="a paper: an arXiv id, a link, or #3 for the third of the list last shown here",
    required=True,
)

PAGE = Argument(name="page", kind=Kind.NUMBER, help="which page, from 1", keyword="page", most=MAX_PAGE)
TOP = Argument(name="top", kind=Kind.NUMBER, help="how many papers a page", keyword="top", most=MAX_PAGE_SIZE)
PAGING = (PAGE, TOP)

CHANNEL = Argument(
    name="channel",
    kind=Kind.CHANNEL,
    help="a channel; without one, this one (in the terminal: a mail address, or feed)",
)
WEEKLY = Argument(name="weekly", kind=Kind.FLAG, help="the round-up of the week", keyword="weekly")
DAILY = Argument(name="daily", kind=Kind.FLAG, help="the daily digest alone", keyword="daily")
WISHES = (
    CHANNEL,
    Argument(name="time", kind=Kind.TIME, help="at what time of day, such as 09:00", keyword="at"),
    Argument(name="zone", kind=Kind.ZONE, help="a time zone, such as Europe/Berlin", keyword="in"),
    Argument(name="days", kind=Kind.WEEKDAYS, help="weekdays, daily, or days such as Mon, Wed", keyword="on"),
    Argument(name="top", kind=Kind.NUMBER, help="how many papers", keyword="top"),
    Argument(name="about", kind=Kind.TEXT, help="topics, with commas", keyword="about", takes_rest=True),
    Argument(name="without", kind=Kind.TEXT, help="topics to leave out", keyword="without", takes_rest=True),
    Argument(name="language", kind=Kind.LANGUAGE, help="of the summaries, such as de", keyword="language"),
    Argument(
        name="edition",
        kind=Kind.CHOICE,
        help="the last complete list (final), or today's as it is (live)",
        keyword="edition",
        choices=("final", "live"),
    ),
    Argument(
        name="empty",
        kind=Kind.CHOICE,
        help="whether to say why there is nothing on a day without papers",
        keyword="empty days",
        choices=("say", "silent"),
    ),
    WEEKLY,
)

COMMANDS: tuple[Command, ...] = (
    Command(name="today", help="Show today's trending papers", arguments=PAGING, example="today", slow=True),
    Command(
        name="yesterday",
        help="Show the papers of the list day before",
        arguments=PAGING,
        example="yesterday",
        slow=True,
    ),
    Command(
        name="date",
        help="Show the papers of a day",
        arguments=(Argument(name="day", kind=Kind.DATE, help="a day, such as 2026-07-10", required=True), *PAGING),
        example="date 2026-07-10",
        slow=True,
    ),
    Command(name="week", help="Show the week's top papers", arguments=PAGING, example="week", slow=True),
    Command(
        name="trending",
        help="Show what is trending on Hugging Face now (not the same as most upvoted)",
        arguments=PAGING,
        example="trending",
        slow=True,
    ),
    Command(
        name="show",
        help="Show one paper in full",
        arguments=(REFERENCE,),
        example="show #3",
        slow=True,
    ),
    Command(
        name="ask",
        help="Ask a paper a question, and get an answer with the sentences that bear it out",
        arguments=(
            REFERENCE,
            Argument(
                name="question", kind=Kind.TEXT, help="the question; without one, the last asked here", takes_rest=True
            ),
        ),
        example="ask #3 which data sets were used?",
        slow=True,
    ),
    Command(
        name="compare",
        help="Ask two to five papers the same question",
        arguments=(
            Argument(
                name="papers",
                kind=Kind.TEXT,
                help="two to five papers, then a question",
                required=True,
                takes_rest=True,
            ),
        ),
        example="compare #1 #2 which is faster?",
        slow=True,
    ),
    Command(
        name="search",
        help="Search all known papers",
        arguments=(
            Argument(name="words", kind=Kind.TEXT, help="words to search for", required=True, takes_rest=True),
            *PAGING,
        ),
        example="search diffusion policy",
        slow=True,
    ),
    Command(
        name="similar",
        help="Show known papers on the same subject",
        arguments=(REFERENCE,),
        example="similar #3",
        slow=True,
    ),
    Command(
        name="save",
        help="Put a paper on your reading list",
        arguments=(REFERENCE,),
        example="save #3",
        private=True,
    ),
    Command(
        name="unsave",
        help="Take a paper off your reading list",
        arguments=(REFERENCE,),
        example="unsave 2606.01234",
        private=True,
    ),
    Command(name="saved", help="Show your reading list", arguments=PAGING, example="saved", private=True),
    Command(
        name="subscribe",
        help="Have a digest posted in a channel",
        arguments=WISHES,
        example="subscribe at 09:00 in Europe/Berlin on weekdays top 8 about diffusion, agents",
        who="manager",
    ),
    Command(
        name="unsubscribe",
        help="Stop a channel's digests",
        arguments=(CHANNEL, DAILY, WEEKLY),
        example="unsubscribe",
        who="manager",
    ),
    Command(
        name="confirm",
        help="Begin the digests of a mail address, by the code that was mailed to it",
        arguments=(Argument(name="code", kind=Kind.TEXT, help="the code", required=True, takes_rest=True),),
        example="confirm K7QM-2XWD",
        who="operator",
    ),
    Command(
        name="status",
        help="Show which digests come when, and how the last ones went",
        example="status",
        private=True,
    ),
    Command(
        name="preview",
        help="Show what a channel's next digest would be, to you alone",
        arguments=WISHES,
        example="preview top 3 about robots",
        private=True,
        slow=True,
    ),
    Command(
        name="managers",
        help="Show, add or remove people who may change channels' digests without being admins",
        arguments=(
            Argument(name="change", kind=Kind.CHOICE, help="add or remove", choices=("add", "remove")),
            Argument(name="person", kind=Kind.PERSON, help="somebody, by their mention"),
        ),
        example="managers add @somebody",
        who="admin",
        private=True,
    ),
    Command(name="usage", help="Show the tokens and money spent today", example="usage", private=True),
    Command(
        name="help",
        help="Show what can be asked, or how one command works",
        arguments=(Argument(name="command", kind=Kind.TEXT, help="a command"),),
        example="help search",
        private=True,
    ),
)
