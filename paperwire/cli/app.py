"""The commands of the command line.  Each only says what it takes; the work is imported when it is called."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

app = typer.Typer(
    name="paperwire",
    help="A chat bot for paper discovery: the day's trending papers, with summaries and answers you can check.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
database = typer.Typer(help="The database.", no_args_is_help=True)
app.add_typer(database, name="db")
setup = typer.Typer(help="What to do to have the bot on a platform, step by step.", no_args_is_help=True)
app.add_typer(setup, name="setup")
digest = typer.Typer(help="Digests.", no_args_is_help=True)
app.add_typer(digest, name="digest")
discord = typer.Typer(help="Discord.", no_args_is_help=True)
app.add_typer(discord, name="discord")

evaluation = typer.Typer(help="Quality on a labelled file, printed as JSON.", no_args_is_help=True)
app.add_typer(evaluation, name="eval")

Role = Literal["slack", "discord", "worker"]
Work = Callable[[], Coroutine[Any, Any, int]]

Json = Annotated[bool, typer.Option("--json", help="Print one JSON value instead of text.")]
Demo = Annotated[bool, typer.Option("--demo", help="Use a small built-in day: no network, no key, nothing kept.")]
Paper = Annotated[str, typer.Argument(metavar="PAPER", help="An arXiv id, a link, or #3 of the list last shown.")]
Words = Annotated[list[str], typer.Argument(metavar="WORDS", help="What to search for.")]
Question = Annotated[list[str], typer.Argument(metavar="QUESTION", help="What to ask.")]
Wish = Annotated[list[str], typer.Argument(metavar="ADDRESS|feed", help="Then wishes, as in chat: at 09:00 top 8.")]
Code = Annotated[list[str], typer.Argument(metavar="CODE", help="Such as K7QM-2XWD.")]
Labelled = Annotated[Path, typer.Argument(metavar="FILE", help="JSON Lines.", exists=True, dir_okay=False)]
Top = Annotated[int | None, typer.Option(metavar="N", min=1, max=50, help="How many papers to show.")]
DigestTop = Annotated[int | None, typer.Option(metavar="N", min=1, max=25, help="How many papers to show.")]


def _show_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"Paperwire {version('paperwire')}")
        raise typer.Exit


@app.callback()
def paperwire(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """What goes before every command."""


@app.command()
def run(
    only: Annotated[
        Role | None, typer.Option(help="One part alone: a platform's answers, or the delivery of digests (worker).")
    ] = None,
) -> None:
    """Start every platform that has a token, and deliver digests; with none, chat in the terminal."""
    from paperwire.cli import service

    _finish(lambda: service.run(only))


@app.command()
def chat(demo: Demo = False) -> None:
    """Chat in the terminal; plain lines in and plain text out where it is none."""
    from paperwire.cli import service

    _finish(lambda: service.chat(demo=demo))


@app.command()
def today(
    date: Annotated[str | None, typer.Option(metavar="DAY", help="Another day, such as 2026-07-10.")] = None,
    top: Top = None,
    as_json: Json = False,
    demo: Demo = False,
) -> None:
    """Show today's trending papers, or another day's."""
    _ask("today" if date is None else f"date {date}", f"top {top}" if top else "", as_json=as_json, demo=demo)


@app.command()
def show(paper: Paper, as_json: Json = False, demo: Demo = False) -> None:
    """Show one paper in full."""
    _ask("show", paper, as_json=as_json, demo=demo)


@app.command()
def ask(paper: Paper, question: Question, as_json: Json = False, demo: Demo = False) -> None:
    """Ask a paper a question; the answer comes with the sentences that bear it out."""
    words = " ".join(question).strip() or "?"  # which asks back; a blank one would repeat the last
    _ask("ask", paper, words, as_json=as_json, demo=demo)


@app.command()
def search(words: Words, as_json: Json = False, demo: Demo = False) -> None:
    """Search all known papers."""
    _ask("search", *words, as_json=as_json, demo=demo)


@app.command()
def similar(paper: Paper, as_json: Json = False, demo: Demo = False) -> None:
    """Show known papers on the same subject."""
    _ask("similar", paper, as_json=as_json, demo=demo)


@app.command()
def subscribe(wish: Wish, as_json: Json = False) -> None:
    """Have digests mailed to an address, or make a feed of them: subscribe feed at 09:00 about robots."""
    _ask("subscribe", *wish, as_json=as_json, demo=False)


@app.command()
def confirm(code: Code, as_json: Json = False) -> None:
    """Begin the digests of a mail address, by the code that was mailed to it."""
    _ask("confirm", *code, as_json=as_json, demo=False)


@app.command()
def unsubscribe(wish: Wish, as_json: Json = False) -> None:
    """Stop the digests of an address or a feed."""
    _ask("unsubscribe", *wish, as_json=as_json, demo=False)


@app.command()
def status(as_json: Json = False) -> None:
    """Show which digests are mailed or fed when, and how the last ones went."""
    _ask("status", as_json=as_json, demo=False)


@app.command()
def doctor(as_json: Json = False) -> None:
    """Check settings, database, sources, model and platforms; exit code 1 on a fault."""
    from paperwire.doctor.report import examine

    _finish(lambda: examine(as_json=as_json))


@app.command()
def encodings() -> None:
    """Fetch tiktoken's encodings, so that tokens are counted rather than estimated."""
    from paperwire.cli import encodings

    _finish(encodings.fetch)


@digest.command()
def preview(
    top: DigestTop = None,
    about: Annotated[str | None, typer.Option(metavar="TOPICS", help="Topics, with commas.")] = None,
    weekly: Annotated[bool, typer.Option("--weekly", help="The round-up of the week.")] = False,
    as_json: Json = False,
    demo: Demo = False,
) -> None:
    """Show what a digest would hold now."""
    wishes = ("weekly" if weekly else "", f"top {top}" if top else "", f"about {about}" if about else "")
    _ask("preview", *wishes, as_json=as_json, demo=demo)


@database.command()
def upgrade() -> None:
    """Bring the tables up to date ahead of a start; every start does it too."""
    from paperwire.cli import service

    _finish(service.upgrade_database)


@evaluation.command("retrieval")
def eval_retrieval(file: Labelled) -> None:
    """How well passages are found: plain BM25, the embedding alone, and both fused as the bot does."""
    from paperwire.cli import evaluating

    _finish(lambda: evaluating.retrieval(file))


@evaluation.command("answers")
def eval_answers(file: Labelled) -> None:
    """How well questions are answered with the model that is set."""
    from paperwire.cli import evaluating

    _finish(lambda: evaluating.answers(file))


@evaluation.command("summaries")
def eval_summaries(file: Labelled) -> None:
    """How good summaries are: grounding, length, ROUGE for orientation."""
    from paperwire.cli import evaluating

    _finish(lambda: evaluating.summaries(file))


@setup.command("slack")
def setup_slack(
    http: Annotated[bool, typer.Option("--http", help="For HTTP and many workspaces, not Socket Mode.")] = False,
) -> None:
    """Print the app manifest with the least scopes, and the next steps."""
    from paperwire.cli import deploying

    _finish(lambda: deploying.setup_slack(http=http))


@setup.command("discord")
def setup_discord() -> None:
    """Print the invite link with the least permissions, and the next steps."""
    from paperwire.cli import deploying

    _finish(deploying.setup_discord)


@discord.command("sync")
def discord_sync() -> None:
    """Tell Discord the commands, if they have changed."""
    from paperwire.cli import deploying

    _finish(deploying.sync_discord)


def main() -> None:
    """The console script."""
    from paperwire.cli.printing import prepare_output

    prepare_output()
    app()


def _ask(*words: str, as_json: bool, demo: bool) -> None:
    from paperwire.cli.oneshot import ask

    _finish(lambda: ask(" ".join(words), as_json=as_json, demo=demo))


def _finish(work: Work) -> None:
    from paperwire.cli.outcome import exit_code

    raise typer.Exit(exit_code(work))
