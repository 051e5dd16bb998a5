"""Generated documents and hostile texts: what every adapter's property tests draw from.

The texts are hostile in all platforms' ways at once: an adapter must keep markup of the others harmless too.  Lone
surrogates do not occur, as nothing that enters the house keeps them (`grammar.clean`, the sources' text cleaning).
"""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from bot.documents.model import (
    Action,
    Actions,
    Bars,
    Block,
    Bullets,
    Card,
    Code,
    Document,
    Facts,
    Footnote,
    Heading,
    Image,
    Inline,
    Input,
    Moment,
    Paragraph,
    Quote,
    Span,
    Text,
    Tone,
)

EVIL_HOST = "evil.example"  # no live link to it may come out of any renderer

NASTY_FRAGMENTS = (
    # Slack
    "<!channel>",
    "<!here|here>",
    "<!everyone>",
    "<@U012AB3CD>",
    "<#C012AB3CD>",
    "<!subteam^S012>",
    f"<https://{EVIL_HOST}|click>",
    "*bold*",
    "_it_",
    "~gone~",
    "&lt;!channel&gt;",
    "<!date^0^{date}|x>",
    ":warning:",
    # Discord
    "@everyone",
    "@here",
    "<@123456789012345678>",
    "<@&123456789012345678>",
    "<#123456789012345678>",
    "</papers:123456789012345678>",
    "<t:0:R>",
    "<a:blob:123456789012345678>",
    f"[click](https://{EVIL_HOST})",
    f"[a]( <https://{EVIL_HOST}> 'b')",
    f"https://{EVIL_HOST}/a_b_(c)",
    "||spoiler||",
    "**b**",
    "__u__",
    "~~s~~",
    "-# small",
    "# big",
    "> quoted",
    ">>> all quoted",
    "1. one",
    "- item",
    # code fences
    "`",
    "``",
    "```",
    "```py\nx\n```",
    # terminals and rich
    "\x1b[31mred\x1b[0m",
    f"\x1b]8;;https://{EVIL_HOST}\x07click\x1b]8;;\x07",
    "\x1b]0;title\x07",
    "\x9b2J",
    "\x07",
    "\r",
    "\x08\x08\x08",
    "[bold red]x[/]",
    f"[link=https://{EVIL_HOST}]x[/link]",
    "[/]",
    "\\",
    # HTML
    "<script>alert(1)</script>",
    "<b>",
    "&amp;",
    "a < b & c > d",
    # Unicode
    "\u202egnp.exe",
    "\u2066\u2069\u200f",
    "نموذج لغوي كبير",
    "שלום",
    "👩‍👩‍👧‍👦",
    "🇩🇪🇨🇳",
    "👍🏽",
    "Z̸̡̢̛͈a̷͚̕l̴͔̾g̵̱̈́o̶̤͝",
    "\u200b\u200d\ufeff",
    "ﷺ",
    "学习表示",
    "\u00ad",
    "\u2028\u2029",
    "\x00",
    "\x7f",
    # LaTeX and the like
    "$\\mathcal{O}(n^2)$",
    "x_1 and y_2",
    "50% of 3*4*5",
    "{curly} {{ braces }} %s {0}",
)

_characters = st.characters(codec="utf-8")
_plain_words = st.text("abcdefghij KLMN 0123 .,:-", min_size=1, max_size=60)


def nasty_texts(max_size: int = 4000) -> SearchStrategy[str]:
    """Texts up to `max_size` characters: plain words, live markup of every platform, odd Unicode, long runs."""
    fragments = st.sampled_from(NASTY_FRAGMENTS)
    mixed = st.lists(fragments | _plain_words | st.text(_characters, max_size=20), max_size=30).map(" ".join)
    tight = st.lists(fragments, min_size=1, max_size=12).map("".join)
    runs = st.builds(lambda piece, times: piece * times, fragments | _plain_words, st.integers(1, 400))
    return st.one_of(_plain_words, fragments, mixed, tight, runs).map(lambda value: value[:max_size])


def huge_texts() -> SearchStrategy[str]:
    """Texts of about 100,000 characters: with blanks, without any, of emoji, of nothing but line ends or backticks."""
    pieces = st.sampled_from(["word ", "x", "👩‍👩‍👧‍👦", "\n", "`", "学", "<@U1> ", "a\n\n", "é̂ ", "&"])
    return pieces.map(lambda piece: (piece * (100_000 // len(piece) + 1))[:100_000])


def one_line(max_size: int = 300) -> SearchStrategy[str]:
    """Hostile texts that are not blank, for labels, titles and names."""
    return nasty_texts(max_size).filter(lambda value: bool(value.strip()))


def urls() -> SearchStrategy[str]:
    """Addresses as code builds them: https, on a public host, percent-encoded."""
    paths = st.text("abcdefghijklmnopqrstuvwxyz0123456789-._~/%28()", max_size=200)
    return st.builds("https://{}/{}".format, st.sampled_from(["huggingface.co", "arxiv.org", "github.com"]), paths)


def paper_ids() -> SearchStrategy[str]:
    """arXiv ids, new and old style."""
    modern = st.builds("{:02d}{:02d}.{:05d}".format, st.integers(7, 30), st.integers(1, 12), st.integers(0, 99_999))
    return modern | st.builds("cs/{:07d}".format, st.integers(0, 9_999_999))


def command_lines() -> SearchStrategy[str]:
    """What a button may stand for: short ones mostly, and a search with many words."""
    words = st.text("abcdefgh 0123 -#éб", min_size=1, max_size=250).map(lambda value: " ".join(value.split()) or "x")
    return st.one_of(
        st.builds("show {}".format, paper_ids()),
        st.builds("date 2026-07-{:02d} page {}".format, st.integers(1, 31), st.integers(1, 20)),
        st.builds("search {} page {}".format, words, st.integers(1, 20)),
    )


def inputs() -> SearchStrategy[Input]:
    """Questions that an action asks first."""
    return st.builds(
        Input,
        label=one_line(200),
        placeholder=nasty_texts(300),
        max_length=st.integers(1, 4000),
        multiline=st.booleans(),
    )


def actions() -> SearchStrategy[Action]:
    """Buttons that run a command, ask first, or open an address."""
    runs = st.builds(
        Action,
        label=one_line(200),
        command=command_lines(),
        style=st.sampled_from(("default", "primary", "danger")),
        input=st.none() | inputs(),
        private=st.booleans(),
    )
    return runs | st.builds(Action, label=one_line(200), url=urls())


def action_rows(max_size: int = 30) -> SearchStrategy[tuple[Action, ...]]:
    """More buttons than any platform has room for, at times."""
    return st.lists(actions(), max_size=max_size).map(tuple)


def moments() -> SearchStrategy[Moment]:
    """Instants between 2020 and 2040, in UTC."""
    instants = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 (bounds)
    return st.builds(Moment, instants, st.sampled_from(("date", "time", "datetime", "relative")))


def inlines(max_size: int = 4000) -> SearchStrategy[Inline]:
    """Spans in every combination of styles, and moments."""
    spans = st.builds(
        Span,
        text=nasty_texts(max_size),
        bold=st.booleans(),
        italic=st.booleans(),
        code=st.booleans(),
        link=st.none() | urls(),
    )
    return spans | moments()


def texts(max_spans: int = 8) -> SearchStrategy[Text]:
    """Runs of spans."""
    return st.lists(inlines(), max_size=max_spans).map(tuple)


def cards() -> SearchStrategy[Card]:
    """Paper cards, from bare to full."""
    pairs = st.tuples(st.sampled_from(("Problem", "Method", "Result", "Why it matters")), nasty_texts(400))
    return st.builds(
        Card,
        paper_id=paper_ids(),
        title=one_line(),
        url=urls(),
        line=nasty_texts(600),
        label=nasty_texts(60),
        rank=st.none() | st.integers(1, 400),
        details=st.lists(pairs, max_size=5).map(tuple),
        facts=texts(),
        byline=nasty_texts(300),
        why=nasty_texts(200),
        body=nasty_texts(6000),
        thumbnail=st.none() | urls(),
        thumbnail_alt=nasty_texts(200),
        actions=action_rows(6),
    )


def images() -> SearchStrategy[Image]:
    """Pictures by address, by bytes, or (badly) by neither."""
    return st.builds(
        Image,
        alt=nasty_texts(3000),
        url=st.none() | urls(),
        data=st.none() | st.just(b"\x89PNG\r\n\x1a\n"),
        title=nasty_texts(300),
        bars=st.none() | charts(),
    )


def charts() -> SearchStrategy[Bars]:
    """Figures of two series."""
    rows = st.tuples(nasty_texts(60), st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)))
    return st.builds(Bars, st.tuples(nasty_texts(60), nasty_texts(60)), st.lists(rows, max_size=3).map(tuple))


def blocks() -> SearchStrategy[Block]:
    """Every kind of block."""
    names = st.tuples(one_line(100), texts())
    return st.one_of(
        cards(),
        st.builds(Heading, nasty_texts(400)),
        st.builds(Paragraph, texts()),
        st.builds(Bullets, st.lists(texts(4), max_size=15).map(tuple), st.booleans()),
        st.builds(Quote, nasty_texts(), texts(3)),
        st.builds(Code, nasty_texts()),
        st.builds(Facts, st.lists(names, max_size=15).map(tuple)),
        images(),
        st.builds(Actions, action_rows()),
        st.builds(Footnote, texts()),
    )


def documents(max_blocks: int = 15) -> SearchStrategy[Document]:
    """Whole documents, from empty to far beyond what one message holds."""
    return st.builds(
        Document,
        title=nasty_texts(400),
        blocks=st.lists(blocks(), max_size=max_blocks).map(tuple),
        tone=st.sampled_from(Tone),
        private=st.booleans(),
    )


def huge_documents() -> SearchStrategy[Document]:
    """Documents with 100,000 characters in one place."""
    return st.builds(
        lambda title, body: Document(title=title, blocks=(Paragraph((Span(body),)),)), nasty_texts(400), huge_texts()
    )
