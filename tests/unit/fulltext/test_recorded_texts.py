"""Recorded papers: each source's text, and the same paper in several."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from bot.errors import Unreadable
from bot.papers.fulltext import html, markdown, pdf
from bot.papers.fulltext.model import Parsed
from bot.papers.fulltext.suspicious import is_instruction_like

pytestmark = pytest.mark.real_data


def _text(parsed: Parsed) -> str:
    return " ".join(section.text for section in parsed.sections)


def _headings(parsed: Parsed) -> list[str]:
    return [section.heading for section in parsed.sections]


HEADINGS: dict[str, list[str]] = {
    "1506.03134": [
        "Abstract", "1 Introduction", "2 Models", "2.1 Sequence-to-Sequence Model", "2.2 Content Based Input Attention",
        "2.3 Ptr-Net", "3 Motivation and Datasets Structure", "3.1 Convex Hull", "3.2 Delaunay Triangulation",
        "3.3 Travelling Salesman Problem (TSP)", "4 Empirical Results", "4.1 Architecture and Hyperparameters",
        "4.2 Convex Hull", "4.3 Delaunay Triangulation", "4.4 Travelling Salesman Problem", "5 Conclusions",
        "Acknowledgments",
    ],
    "1606.05250": [
        "Abstract", "1 Introduction", "2 Existing Datasets", "3 Dataset Collection", "4 Dataset Analysis", "5 Methods",
        "5.1 Sliding Window Baseline", "5.2 Logistic Regression", "6 Experiments", "6.1 Model Evaluation",
        "6.2 Human Performance", "6.3 Model Performance", "7 Conclusion", "Reproducibility", "Acknowledgments",
    ],
    "1608.07905": [
        "ABSTRACT", "1 INTRODUCTION", "2 METHOD", "2.1 MATCH-LSTM", "2.2 POINTER NET", "2.3 OUR METHOD",
        "3 EXPERIMENTS", "3.1 DATA", "3.2 EXPERIMENT SETTINGS", "3.3 RESULTS", "3.4 FURTHER ANALYSES",
        "4 RELATED WORK", "4.1 DATASETS", "4.2 END-TO-END NEURAL NETWORK MODELS FOR MACHINE COMPREHENSION",
        "5 CONCLUSIONS", "6 ACKNOWLEDGMENTS", "A APPENDIX",
    ],
    "1611.01603": [
        "ABSTRACT", "1 INTRODUCTION", "2 MODEL", "3 RELATED WORK", "4 QUESTION ANSWERING EXPERIMENTS",
        "5 CLOZE TEST EXPERIMENTS", "6 CONCLUSION", "ACKNOWLEDGMENTS", "A ERROR ANALYSIS",
        "B VARIATIONS OF SIMILARITY AND FUSION FUNCTIONS",
    ],
    "1903.10676": [
        "", "4.2 Computer Science Domain", "4.3 Multiple Domains", "5 Discussion", "5.1 Effect of Finetuning",
        "5.2 Effect of SCIVOCAB",
    ],
    "docling_2305.03393v1-pg9": ["", "5.1 Hyper Parameter Optimization", "5.2 Quantitative Results"],
    "docling_code_and_formula": [""],
    "docling_multi_page": [
        "", "Pre-Digital Era (19th - Early 20th Century)", "The Birth of Word Processing (1960s - 1970s)",
        "The Rise of Personal Computers (1980s)", "The Modern Era (1990s - Present)", "Future of Word Processing",
        "Specialized Word Processing Tools", "Key Features That Changed Word Processing",
        "The Cultural Impact of Word Processors", "Word Processors in a Post-Digital Era", "A Glimpse Into the Future",
    ],
    "docling_right_to_left_01": [""],
}  # fmt: skip


@pytest.mark.parametrize("name", HEADINGS)
def test_the_headings_of_a_pdf_are_found(shared_data: Path, name: str) -> None:
    parsed = pdf.parse((shared_data / f"arxiv/pdf/{name}.pdf").read_bytes())
    assert _headings(parsed) == HEADINGS[name]


def test_every_recorded_pdf_that_can_be_read_has_its_headings_here(shared_data: Path) -> None:
    assert {file.stem for file in (shared_data / "arxiv/pdf").glob("*.pdf") if "password" not in file.stem} == {
        *HEADINGS
    }


def test_pointer_networks_are_read_from_their_pdf(shared_data: Path) -> None:
    parsed = pdf.parse((shared_data / "arxiv/pdf/1506.03134.pdf").read_bytes())
    assert "a single layer LSTM with either 256 or 512 hidden units" in _text(parsed)
    assert "to learn a conditional probability of one sequence" in _text(parsed)  # raised signs follow in its line
    assert parsed.hidden == ()


def test_heads_of_tables_and_words_of_figures_are_in_no_sentence(shared_data: Path) -> None:
    def sentences(name: str) -> str:
        parsed = pdf.parse((shared_data / f"arxiv/pdf/{name}.pdf").read_bytes())
        return "\n".join(block.text for one in parsed.sections for block in one.blocks if block.kind == "paragraph")

    assert "consists of 90k/10k train/dev question-context tuples" in sentences("1611.01603")
    assert "Syntactic divergence 20" not in sentences("1606.05250")
    assert "have played a critical role" in sentences("1606.05250")  # around a figure that is a text itself


def test_no_sentence_of_a_pdf_holds_its_stamp(shared_data: Path) -> None:
    text = _text(pdf.parse((shared_data / "arxiv/pdf/1606.05250.pdf").read_bytes()))
    assert "we present the Stanford Question Answering Dataset v1.0 (SQuAD), freely available at" in text
    assert "SQuAD contains 107,785 question-answer pairs on 536 articles" in text
    papers = [pdf.parse(file.read_bytes()) for file in sorted((shared_data / "arxiv/pdf").glob("1*.pdf"))]
    assert not any(re.search(r"arXiv:\d{4}\.\d{5}v\d", _text(parsed)) for parsed in papers)


def test_html_points_to_the_right_sentence(shared_data: Path) -> None:
    parsed = html.parse((shared_data / "arxiv/html/1706.03762.html").read_bytes(), "https://arxiv.org/html/1706.03762/")
    section = next(one for one in parsed.sections if one.heading == "5.2 Hardware and Schedule")
    assert section.anchor == "S5.SS2"
    assert "one machine with 8 NVIDIA P100 GPUs" in section.blocks[0].text
    assert section.blocks[0].anchor == "S5.SS2.p1"


@pytest.mark.parametrize("paper", ["1706.03762", "2305.03393", "2310.06825"])
def test_html_and_markdown_of_a_paper_say_the_same(shared_data: Path, paper: str) -> None:
    one = html.parse((shared_data / f"arxiv/html/{paper}.html").read_bytes(), "https://arxiv.org/html/x/")
    other = markdown.parse((shared_data / f"arxiv/markdown/{paper}.md").read_bytes())
    words, others = (set(re.findall(r"[a-z]{4,}", _text(parsed).lower())) for parsed in (one, other))
    assert len(words & others) / len(words | others) > 0.8


@pytest.mark.parametrize("name", ["1506.03134", "1606.05250", "1608.07905", "1611.01603", "1903.10676"])
def test_honest_pdfs_hide_nothing_and_give_no_orders(shared_data: Path, name: str) -> None:
    parsed = pdf.parse((shared_data / f"arxiv/pdf/{name}.pdf").read_bytes())
    assert parsed.hidden == ()
    assert not any(is_instruction_like(sentence) for sentence in re.split(r"(?<=[.!?]) ", _text(parsed)))


def test_the_hidden_note_to_reviewers_is_found(shared_data: Path) -> None:
    folder = shared_data / "injection/garbage_paper"
    with_note = pdf.parse((folder / "Garbage_Paper_v1.pdf").read_bytes())
    without = pdf.parse((folder / "Garbage_Paper_v2.pdf").read_bytes())
    assert "LLM REVIEWER NOTE" in with_note.hidden[0]
    assert "REVIEWER" not in _text(with_note)
    assert without.hidden == ()


def test_the_prompts_found_in_preprints_are_orders(shared_data: Path) -> None:
    found = json.loads((shared_data / "injection/real_arxiv_hidden_prompts.json").read_text())
    sentences = [sentence for one in found for sentence in re.split(r"(?<=[.!?]) ", one["text"])]
    assert [sentence for sentence in sentences if not is_instruction_like(sentence)] == []


def test_a_locked_pdf_says_so(shared_data: Path) -> None:
    with pytest.raises(Unreadable, match="password"):
        pdf.parse((shared_data / "arxiv/pdf/docling_password_2206.01062_pg3.pdf").read_bytes())


def test_text_from_right_to_left_is_read(shared_data: Path) -> None:
    parsed = pdf.parse((shared_data / "arxiv/pdf/docling_right_to_left_01.pdf").read_bytes())
    assert re.search("[\u0600-\u06ff]{3}", _text(parsed))
