"""Summaries as a model drafts them: asked for in batches, matched by id, checked sentence by sentence, mended once."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from bot.errors import AnswerMalformed, BotError, ModelError
from bot.llm.jsonform import complete_items
from bot.llm.model import ModelCall
from bot.llm.prompts import Prompt
from bot.papers.model import Paper
from bot.ports import LanguageModel
from bot.reading.grounding import ungrounded_numbers
from bot.reading.model import Summary, SummarySource
from bot.reading.plain import plain_sentence, word_count
from bot.reading.shortening import LONGEST, without_aside

LIMITS = {"line": LONGEST, "problem": 20, "method": 20, "result": 20, "why": 20}  # words
TOLERANCE = 1.5  # times its limit is what a sentence may have: a whole one that is too long beats a part of it
LONGEST_QUESTION = 16  # words; 12 are asked for
BATCH = 10  # papers a call: fewer cost more instruction, more lose the model's attention
SECOND_BATCH = 5  # so that one paper that a filter objects to spoils less
_OTHER_PAPERS = "The language model answered about none of the papers."
_NOTHING_HOLDS = "The language model wrote what the papers do not say."
_LONGEST_ABSTRACT = 6_000  # characters, three times the longest usual one


@dataclass(frozen=True, slots=True)
class Asked:
    """A paper to be summarized, with what was wrong with the first draft, for the model."""

    id: str
    title: str
    abstract: str
    note: str = ""

    @property
    def source(self) -> str:
        """What every number must stand in."""
        return f"{self.title}. {self.abstract}"


@dataclass(frozen=True, slots=True)
class Draft:
    """The sentences of one summary that hold, and what is wrong with the others."""

    sentences: Mapping[str, str] = field(default_factory=dict)
    faults: tuple[str, ...] = ()

    def mended_by(self, second: Draft) -> Draft:
        """With the sentences of a second draft where this one has none that holds."""
        return Draft({**second.sentences, **self.sentences})


@dataclass(frozen=True, slots=True)
class Drafted:
    """What came of asking: drafts by paper id, and the failure that kept others from being written."""

    drafts: Mapping[str, Draft]
    fault: BotError | None = None


class Drafter:
    """Asks a model for summaries in one language ("German"); never raises a `BotError`.

    `translated` says that the language is another one than the abstracts', which are English.
    """

    def __init__(self, model: LanguageModel, prompt: Prompt, language: str, *, translated: bool) -> None:
        self._model = model
        self._prompt = prompt
        self._language = language
        self._translated = translated
        self._item_schema = (prompt.schema or {})["properties"]["papers"]["items"]

    async def summaries(self, papers: Sequence[Paper]) -> tuple[dict[str, Summary], BotError | None]:
        """Summaries by paper id, of the papers whose line holds, and what failed, if anything did."""
        asked = [Asked(paper.id, paper.title, paper.abstract[:_LONGEST_ABSTRACT]) for paper in papers]
        first = await self._draft(asked, BATCH)
        second = Drafted({})
        if not _is_hopeless(first):
            second = await self._draft(list(_to_mend(asked, first.drafts)), SECOND_BATCH)
        whole = {
            paper.id: first.drafts.get(paper.id, Draft()).mended_by(second.drafts.get(paper.id, Draft()))
            for paper in papers
        }
        named = {
            paper_id: self._summary(paper_id, draft) for paper_id, draft in whole.items() if draft.sentences.get("line")
        }
        fault = _fault(first, second)
        return named, fault if named or fault else AnswerMalformed(_NOTHING_HOLDS)

    async def _draft(self, asked: Sequence[Asked], size: int) -> Drafted:
        """Drafts of all, a call for each batch."""
        answers = await asyncio.gather(*(self._answer(batch) for batch in _batches(asked, size)))
        drafts = {paper_id: draft for answer in answers for paper_id, draft in answer.drafts.items()}
        return Drafted(drafts, next((answer.fault for answer in answers if answer.fault), None))

    async def _answer(self, batch: Sequence[Asked]) -> Drafted:
        """The drafts of one answer; it is at fault if there is none, or if the model did not answer at all."""
        try:
            answer = await self._model.complete(self._call(batch))
        except ModelError as error:
            text = error.answer.text if error.answer else ""
            drafts = self._drafts(batch, complete_items(text, self._item_schema))
            return Drafted(drafts, None if drafts else error)
        except BotError as error:
            return Drafted({}, error)
        drafts = self._drafts(batch, answer.data["papers"])
        return Drafted(drafts, None if drafts else AnswerMalformed(_OTHER_PAPERS, answer=answer))

    def _drafts(self, batch: Sequence[Asked], items: Iterable[Mapping[str, Any]]) -> dict[str, Draft]:
        """The items of one answer, checked, by paper; of two about the same paper the first."""
        by_id = {paper.id: paper for paper in batch}
        drafts: dict[str, Draft] = {}
        for item in items:
            if paper := by_id.get(item["id"].strip()):
                drafts.setdefault(paper.id, self._checked(paper, item))
        return drafts

    def _call(self, batch: Sequence[Asked]) -> ModelCall:
        room = self._prompt.max_tokens * len(batch)
        return self._prompt.call(purpose="summaries", max_tokens=room, language=self._language, papers=batch)

    def _checked(self, paper: Asked, item: Mapping[str, Any]) -> Draft:
        sentences, faults = {}, []
        for name, limit in LIMITS.items():
            sentence = without_aside(plain_sentence(item[name]), limit)
            loose = ungrounded_numbers(sentence, paper.source, translated=self._translated)
            if loose:
                faults.append(f"{name}: {', '.join(loose)}")
            elif word_count(sentence) > TOLERANCE * limit:
                faults.append(f"{name}: over {limit} words")
            elif any(map(str.isalnum, sentence)):
                sentences[name] = sentence
        return Draft(sentences | self._question(paper, item.get("question", "")), tuple(faults))

    def _question(self, paper: Asked, question: str) -> dict[str, str]:
        """The question for the reader, if it is one; not worth a second call if it is none."""
        question = plain_sentence(question)
        loose = ungrounded_numbers(question, paper.source, translated=self._translated)
        good = question.endswith(("?", "？", "؟")) and word_count(question) <= LONGEST_QUESTION and not loose
        return {"question": question} if good else {}

    def _summary(self, paper_id: str, draft: Draft) -> Summary:
        return Summary(paper_id=paper_id, source=SummarySource.MODEL, model=self._model.name, **draft.sentences)


def _to_mend(asked: Iterable[Asked], drafts: Mapping[str, Draft]) -> Iterable[Asked]:
    """The papers to ask about once more: those left out, and those with a sentence that does not hold."""
    for paper in asked:
        draft = drafts.get(paper.id)
        if draft is None or draft.faults or "line" not in draft.sentences:
            yield replace(paper, note="; ".join(draft.faults) if draft else "")


def _is_hopeless(first: Drafted) -> bool:
    """Whether nothing came and a second call would fail as the first did; one bad answer may be bad luck."""
    return first.fault is not None and not isinstance(first.fault, ModelError)


def _fault(first: Drafted, second: Drafted) -> BotError | None:
    """What failed for good; that some papers of a batch were left out twice is none."""
    left_out = first.fault is None and isinstance(second.fault, ModelError)
    return first.fault if _is_hopeless(first) else None if left_out else second.fault


def _batches(asked: Sequence[Asked], size: int) -> list[Sequence[Asked]]:
    """As few batches as possible, of like size."""
    if not asked:
        return []
    each = math.ceil(len(asked) / math.ceil(len(asked) / size))
    return [asked[start : start + each] for start in range(0, len(asked), each)]
