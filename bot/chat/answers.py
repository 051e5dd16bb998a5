"""An answer as a document: its claims, each with the sentences of the paper that bear it out, and small print that says
what it was read from and what it cost.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from bot.documents.model import (
    Action,
    Actions,
    Block,
    Document,
    Footnote,
    Image,
    Inline,
    Input,
    Paragraph,
    Quote,
    Text,
    Tone,
    italic,
    link,
    text,
)
from bot.papers.model import Paper
from bot.reading.answer import Answer, Outcome
from bot.reading.cards import counted
from bot.reading.evidence import Excerpt, excerpts
from bot.reading.passages import Passage
from bot.reading.pointers import Citation
from bot.reading.reader import ReadPaper

ANOTHER = Input("What else would you like to know?", placeholder="And how does it compare with earlier work?")
MAX_QUOTES = 8
SHORT_TITLE = 60  # characters of a paper's title beside a quotation


def answer_document(answer: Answer, switches: Sequence[Paper] = ()) -> Document:
    """The document for an answer.  `switches` are papers that the question may have been meant for instead."""
    blocks: list[Block] = [Paragraph(_about(answer))]
    blocks.extend(_BODIES.get(answer.outcome, _lesser)(answer))
    blocks.extend(Footnote(line) for line in _small_print(answer))
    blocks.append(Actions(_actions(answer, switches)))
    tone = Tone.NORMAL if answer.outcome is Outcome.ANSWERED else Tone.NOTICE
    return Document(blocks=tuple(blocks), tone=tone, data=answer_json(answer))


def words_so_far(papers: Sequence[Paper], question: str, claims: str) -> str:
    """An answer that is still being written, as plain words that begin like the finished document."""
    return f"{', '.join(paper.title or paper.id for paper in papers)}: {question}\n\n{claims}"


def answer_words(answer: Answer) -> str:
    """The answer in plain words, as it is remembered for follow-ups."""
    if answer.outcome is Outcome.ANSWERED:
        return " ".join(claim.text for claim in answer.claims)
    return nothing_found(answer) if answer.outcome is Outcome.NOT_IN_PAPER else answer.note


def nothing_found(answer: Answer) -> str:
    """The sentence for a question that, as the model and retrieval agree, the whole text does not answer."""
    return "The paper does not say." if len(answer.found.papers) == 1 else "The papers do not say."


def _about(answer: Answer) -> Text:
    """Which papers the answer is about, and what was asked."""
    titles: list[Inline | str] = []
    for read in answer.found.papers:
        titles += [", " if titles else "", link(read.paper.title or read.paper.id, read.paper.url)]
    return text(*titles, ": ", italic(answer.question))


def _claims(answer: Answer) -> Iterable[Block]:
    cited = list(_cited(answer))
    numbers = {citation.number: place for place, citation in enumerate(cited, start=1)}
    parts: list[Inline | str] = []
    for claim in answer.claims:
        parts.append(f"{' ' if parts else ''}{claim.text} ")
        parts += [link(f"[{numbers[one.number]}]", one.passage.link) for one in claim.citations]
    yield Paragraph(text(*parts))
    for citation in cited[:MAX_QUOTES]:
        yield Quote(citation.words, text(f"[{numbers[citation.number]}] ", *_place(citation.passage, answer)))
    figure = next((one.passage for one in cited if one.passage.figure), None)
    if figure is not None:
        yield Image(alt=figure.text, url=figure.figure, title=figure.heading)


def _nothing(answer: Answer) -> Iterable[Block]:
    yield Paragraph(text(nothing_found(answer)))


def _lesser(answer: Answer) -> Iterable[Block]:
    yield Paragraph(text(answer.note))
    yield from _quotes(answer)


def _quotes(answer: Answer) -> Iterable[Block]:
    for shown in _excerpts(answer):
        yield Quote(shown.words, text(*_place(shown.passage, answer)))


def _excerpts(answer: Answer) -> list[Excerpt]:
    """What is shown of the papers where claims should stand; an absence has nothing to show."""
    if answer.outcome in (Outcome.ANSWERED, Outcome.NOT_IN_PAPER):
        return []
    return excerpts(answer.found, answer.question)


_BODIES = {Outcome.ANSWERED: _claims, Outcome.NOT_IN_PAPER: _nothing}


def _cited(answer: Answer) -> Iterable[Citation]:
    """Every cited sentence once, in the order of the claims."""
    return {one.number: one for claim in answer.claims for one in claim.citations}.values()


def _place(passage: Passage, answer: Answer) -> list[Inline | str]:
    """Where a passage stands, as a link."""
    where = passage.heading or "the paper"
    page = f", page {passage.page}" if passage.page else ""
    title = ""
    if len(answer.found.papers) > 1:
        paper = _paper_of(passage, answer.found.papers)
        title = f"{shortened_title(paper.title or paper.id)}: "
    return [title, link(where, passage.link) if passage.link else where, page]


def _paper_of(passage: Passage, papers: Iterable[ReadPaper]) -> Paper:
    return next(read.paper for read in papers if read.paper.id == passage.paper_id)


def _small_print(answer: Answer) -> Iterable[Text]:
    sources = ", ".join(dict.fromkeys(read.text.full_text.source.label for read in answer.found.papers))
    parts = [f"Read from {sources}"]
    if answer.remembered:
        parts.append(f"{answer.model}: answered before, so no tokens")
    elif answer.calls:
        parts.append(f"{answer.passages_read} of {answer.found.total} passages")
        parts.append(f"{answer.model}: {_price(answer)}")
    yield text(" · ".join(parts))
    if answer.outcome is Outcome.ANSWERED and answer.note:
        yield text(answer.note)
    if answer.dropped:
        yield text("Left out for want of proof: " + counted(answer.dropped, "statement") + " of the model.")
    for read in answer.found.papers:
        if warning := _warning(read):
            title = read.paper.title or read.paper.id
            yield text(f"{shortened_title(title)}: {warning}" if len(answer.found.papers) > 1 else warning)


def _price(answer: Answer) -> str:
    usage = answer.usage
    if usage is None:
        return "no tokens"
    about = "about " if usage.estimated else ""
    cost = "" if usage.cost is None else f", ${usage.cost:.4f}"
    return f"{about}{usage.prompt_tokens:,} + {usage.completion_tokens:,} tokens{cost}"


def _warning(read: ReadPaper) -> str:
    """What the reader should know about a paper's text: withdrawn, cut short, hidden words, words meant for a model;
    and why it is the abstract alone, as the last source tried has it.
    """
    full_text, flagged = read.text.full_text, read.text.flagged
    warnings = [full_text.truncated or ""]
    if read.paper.withdrawn:
        is_untried = read.text.is_abstract and not full_text.fallbacks  # the ladder skips withdrawn papers
        warnings.append("This paper was withdrawn" + (", so its full text was not fetched." if is_untried else "."))
    if read.text.is_abstract:
        warnings += [reason[:1].upper() + reason[1:] for reason in full_text.fallbacks[-1:]]
    if full_text.hidden:
        warnings.append("This paper holds text that a reader cannot see; it was ignored.")
    if flagged:
        warnings.append(f"Ignored in this paper: {counted(len(flagged), 'sentence')} written like orders to a model.")
    return " ".join(filter(None, warnings))


def _actions(answer: Answer, switches: Sequence[Paper]) -> tuple[Action, ...]:
    """Buttons to ask on, and to put the same question to another paper: `ask R` alone repeats the last question."""
    ids = [read.paper.id for read in answer.found.papers]
    line = " ".join(("ask" if len(ids) == 1 else "compare", *ids))
    switched = (
        Action(f"Ask “{shortened_title(paper.title or paper.id, 40)}”", f"ask {paper.id}") for paper in switches
    )
    return (Action("Ask more", line, input=ANOTHER), *switched)


def shortened_title(title: str, length: int = SHORT_TITLE) -> str:
    """A title, cut at a word with an ellipsis if it is long."""
    return title if len(title) <= length else title[: length - 1].rsplit(" ", 1)[0] + "…"


def answer_json(answer: Answer) -> dict[str, Any]:
    """The answer for `--json`."""
    usage = answer.usage
    return {
        "question": answer.question,
        "outcome": answer.outcome.value,
        "answer": answer_words(answer),
        "papers": [
            {"id": read.paper.id, "title": read.paper.title, "read_from": read.text.full_text.source.value}
            for read in answer.found.papers
        ],
        "claims": [
            {"text": claim.text, "citations": [_citation_json(one) for one in claim.citations]}
            for claim in answer.claims
        ],
        "excerpts": [{"words": shown.words, **_place_json(shown.passage)} for shown in _excerpts(answer)],
        "dropped": answer.dropped,
        "remembered": answer.remembered,
        "note": answer.note,
        "flagged": sum(len(read.text.flagged) for read in answer.found.papers),
        "passages_read": answer.passages_read,
        "calls": answer.calls,
        "model": answer.model,
        "prompt_tokens": usage.prompt_tokens if usage else 0,
        "completion_tokens": usage.completion_tokens if usage else 0,
        "cost": usage.cost if usage else None,
    }


def _citation_json(citation: Citation) -> dict[str, Any]:
    return {"sentence": citation.number, "words": citation.words, **_place_json(citation.passage)}


def _place_json(passage: Passage) -> dict[str, Any]:
    return {
        "paper": passage.paper_id,
        "section": " > ".join(passage.path),
        "page": passage.page,
        "link": passage.link,
        "figure": passage.figure,
    }
