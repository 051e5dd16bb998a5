"""What a week's papers are about: how many touch each of some broad topics.  Pure functions.

Keywords as authors and Hugging Face give them are too fine to count (a week has a thousand, most of them once) and are
missing for whole weeks, so there is a fixed set of topics, each told by phrases.  A paper touches a topic where one of
its phrases stands in the title or the keywords, or, for want of keywords, in the abstract, whatever the words' endings.
A paper may touch several topics, or none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

import snowballstemmer

from bot.papers.model import Paper

MOST = 10  # topics that are shown
TOPICS: Mapping[str, Sequence[str]] = {
    "Agents": ("agent", "agentic", "tool use", "gui", "computer use", "multi agent"),
    "Reinforcement learning": (
        "reinforcement learning",
        "grpo",
        "rlvr",
        "rlhf",
        "policy optimization",
        "verifiable reward",
        "reward model",
    ),
    "Reasoning": ("reasoning", "chain of thought", "theorem", "test time scaling", "test time compute"),
    "Vision and language": ("vision language", "multimodal", "vlm", "mllm", "visual question answering", "captioning"),
    "Video": ("video",),
    "Image generation": ("image generation", "text to image", "image editing", "image synthesis", "inpainting"),
    "Diffusion and flow": ("diffusion", "flow matching", "denoising", "rectified flow"),
    "Robots": ("robot", "robotic", "vision language action", "vla", "embodied", "dexterous", "locomotion"),
    "World models": ("world model", "world modeling", "world simulator", "world simulation"),
    "3D and scenes": (
        "3d",
        "4d",
        "gaussian splatting",
        "nerf",
        "mesh",
        "point cloud",
        "novel view",
        "depth estimation",
    ),
    "Speech and sound": ("speech", "audio", "music", "voice", "speaker"),
    "Code": ("code", "coding", "software engineering", "swe bench", "program synthesis", "repository level"),
    "Search and retrieval": (
        "retrieval",
        "rag",
        "agentic search",
        "web search",
        "literature search",
        "rerank",
        "deep research",
    ),
    "Efficiency": (
        "quantization",
        "pruning",
        "speculative decoding",
        "kv cache",
        "sparse attention",
        "linear attention",
        "mixture of experts",
        "inference acceleration",
        "efficient inference",
    ),
    "Fine-tuning and distillation": ("fine tuning", "distillation", "lora", "post training", "instruction tuning"),
    "Benchmarks": ("benchmark", "leaderboard", "evaluation suite"),
    "Safety and trust": (
        "safety",
        "jailbreak",
        "hallucination",
        "red teaming",
        "watermark",
        "privacy",
        "reward hacking",
    ),
    "Inner workings": ("interpretability", "mechanistic", "sparse autoencoder", "probing", "circuit"),
    "Long context and memory": (
        "long context",
        "term memory",
        "agent memory",
        "memory bank",
        "long horizon",
        "context compression",
    ),
    "Science and medicine": (
        "medical",
        "clinical",
        "protein",
        "molecule",
        "molecular",
        "biology",
        "chemistry",
        "physics",
        "scientific discovery",
        "weather",
    ),
    "Data": ("dataset", "synthetic data", "data curation", "pretraining data", "data selection"),
}


@dataclass(frozen=True, slots=True)
class Count:
    """How many papers of a week touch a topic, and of the week before, if that is known."""

    topic: str
    papers: int
    before: int | None


def count_topics(papers: Sequence[Paper], before: Sequence[Paper] | None) -> tuple[Count, ...]:
    """The topics that most of these papers touch, most first; at most ten.

    Args:
        papers: the week's.
        before: the week before's; None if they are not known.  They are left out where only one of the two weeks
            has keywords, as figures from abstracts are higher.
    """
    now = _counts(papers)
    then = None if before is None or not _alike(papers, before) else _counts(before)
    ranked = sorted((topic for topic in TOPICS if now[topic]), key=lambda topic: now[topic], reverse=True)
    return tuple(Count(topic, now[topic], None if then is None else then[topic]) for topic in ranked[:MOST])


def touches(paper: Paper, topic: str) -> bool:
    """Whether a paper touches one of the topics."""
    said = _said(" . ".join((paper.title, *(paper.keywords or (paper.abstract,)))))
    return any(phrase in said for phrase in _phrases(topic))


def _alike(papers: Sequence[Paper], others: Sequence[Paper]) -> bool:
    """Whether about as many of these as of the others have keywords."""
    if not papers or not others:
        return False
    shares = [sum(bool(paper.keywords) for paper in each) / len(each) for each in (papers, others)]
    return abs(shares[0] - shares[1]) < 0.5


def _counts(papers: Iterable[Paper]) -> dict[str, int]:
    papers = list(papers)
    return {topic: sum(touches(paper, topic) for paper in papers) for topic in TOPICS}


@cache
def _phrases(topic: str) -> tuple[str, ...]:
    return tuple(_said(phrase) for phrase in TOPICS[topic])


@lru_cache(maxsize=1024)
def _said(text: str) -> str:
    """The words' stems between blanks; a full stop keeps phrases from reaching over it."""
    stem = snowballstemmer.stemmer("english").stemWord
    words = " ".join(stem(word) for word in re.findall(r"[^\W_]+|[.]", text.lower()))
    return f" {words} "
