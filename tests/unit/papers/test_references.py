"""Every way to name a paper is understood; what names none says so."""

from __future__ import annotations

import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import BadInput
from bot.papers.references import ListNumber, PaperReference, find_references, is_paper_id, read_reference

NEW_IDS = st.builds(
    "{:02}{:02}.{}".format,
    st.integers(7, 99),
    st.integers(1, 12),
    st.text("0123456789", min_size=4, max_size=5),
)
OLD_IDS = st.builds(
    "{}/{:02}{:02}{:03}".format,
    st.sampled_from(["cs", "math.GT", "hep-th", "astro-ph", "cond-mat", "physics.AO", "q-bio.PE"]),
    st.integers(0, 99),
    st.integers(1, 12),
    st.integers(0, 999),
)
IDS = NEW_IDS | OLD_IDS
VERSIONS = st.none() | st.integers(1, 99)
FORMS = st.sampled_from(
    [
        "{}",
        "arXiv:{}",
        "ARXIV: {}",
        "{}.pdf",
        "https://arxiv.org/abs/{}",
        "http://www.arxiv.org/abs/{}?context=cs.LG",
        "https://arxiv.org/pdf/{}",
        "https://arxiv.org/pdf/{}.pdf#page=3",
        "https://arxiv.org/html/{}#S3.p1",
        "https://export.arxiv.org/abs/{}",
        "arxiv.org/abs/{}",
        "https://ar5iv.labs.arxiv.org/html/{}",
        "https://huggingface.co/papers/{}",
        "huggingface.co/papers/{}#community",
        "https://huggingface.co/papers/{}.md",
        "https://hf.co/papers/{}",
        "https://www.alphaxiv.org/abs/{}",
        "https://alphaxiv.org/overview/{}",
        "https://www.alphaxiv.org/pdf/{}",
        "10.48550/arXiv.{}",
        "doi:10.48550/arXiv.{}",
        "https://doi.org/10.48550/arXiv.{}",
        "https://dx.doi.org/10.48550/ARXIV.{}",
        "<https://arxiv.org/abs/{}>",
        "<https://arxiv.org/abs/{}|a label>",
        "`{}`",
        " {} ",
    ]
)


def written(paper_id: str, version: int | None) -> str:
    return paper_id if version is None else f"{paper_id}v{version}"


@given(IDS, VERSIONS, FORMS)
def test_every_form_of_every_id_is_read(paper_id: str, version: int | None, form: str) -> None:
    assert read_reference(form.format(written(paper_id, version))) == PaperReference(paper_id, version)


@given(IDS, VERSIONS)
def test_case_does_not_matter(paper_id: str, version: int | None) -> None:
    assert read_reference(written(paper_id, version).upper()) == PaperReference(paper_id, version)


@given(st.integers(1, 9999))
def test_a_number_in_the_list_is_read(number: int) -> None:
    assert read_reference(f"#{number}") == ListNumber(number)


@pytest.mark.parametrize(
    "word",
    [
        "",
        "#0",
        "#",
        "#-1",
        "#99999",
        "attention",
        "2606",
        "2613.01234",
        "2606.012",
        "2606.012345",
        "2606.01234v0",
        "https://arxiv.org/list/cs.CL/recent",
        "https://example.com/2606.01234",
        "https://arxiv.org.example.com/abs/2606.01234",
        "https://[arxiv.org/abs/2606.01234",
        "ftp://arxiv.org/abs/2606.01234",
        "javascript:alert(1)//arxiv.org/abs/2606.01234",
        "abs/9901001",
        "../../etc/passwd",
    ],
)
def test_what_names_no_paper_is_refused_with_help(word: str) -> None:
    with pytest.raises(BadInput, match=r"named|begins"):
        read_reference(word)


@given(st.text())
def test_any_word_is_read_or_refused_in_a_short_sentence(word: str) -> None:
    with suppress(BadInput):
        found = read_reference(word)
        assert isinstance(found, ListNumber) or is_paper_id(found.id)


def test_a_refusal_quotes_no_more_than_a_piece() -> None:
    with pytest.raises(BadInput) as refusal:
        read_reference("`x\x07" * 50_000)
    assert len(str(refusal.value)) < 250
    assert str(refusal.value).isprintable()


@given(st.text(), IDS, VERSIONS, st.text())
def test_a_link_is_found_in_any_text(before: str, paper_id: str, version: int | None, after: str) -> None:
    text = f"{before} <https://arxiv.org/abs/{written(paper_id, version)}|label> {after}"
    assert paper_id in {found.id for found in find_references(text)}


@given(st.lists(IDS, unique=True, max_size=5))
def test_ids_are_found_in_order_and_once(paper_ids: list[str]) -> None:
    text = ", ".join([*paper_ids, *paper_ids]) + "."
    assert [found.id for found in find_references(f"Compare {text}")] == paper_ids


AROUND_A_LINK = (
    "看看 {}，很有意思",
    "论文{}。",
    "（{}）",
    "「{}」をどう思う？",
    "“{}”",
    "„{}“",
    "«{}»",
    "{}…",
    "{}’s method",
    "{}'s method",
    "**{}**",
    "how does {} work?",
    "see {}, please",
    "[the paper]({})",
    "Читай {}: коротко",
    "קראו את {} היום",
)
LINKS = (
    "https://arxiv.org/abs/2606.01234",
    "arxiv.org/abs/2606.01234",
    "www.arxiv.org/pdf/2606.01234v3.pdf",
    "https://de.arxiv.org/abs/2606.01234",
    "http://xxx.lanl.gov/abs/2606.01234",
    "huggingface.co/papers/2606.01234",
    "https://hf-mirror.com/papers/2606.01234",
    "https://papers.cool/arxiv/2606.01234",
    "https://scirate.com/arxiv/2606.01234",
    "https://www.semanticscholar.org/arxiv/2606.01234",
    "https://www.emergentmind.com/papers/2606.01234",
    "ar5iv.org/abs/2606.01234",
    "2606.01234",
    "arXiv:2606.01234v2",
)


@pytest.mark.parametrize("around", AROUND_A_LINK)
@pytest.mark.parametrize("link", LINKS)
def test_a_link_is_found_in_a_sentence_of_any_script(around: str, link: str) -> None:
    assert [found.id for found in find_references(around.format(link))] == ["2606.01234"]


@pytest.mark.parametrize(
    "word", ["“2606.01234”", "（https://arxiv.org/abs/2606.01234）", "**2606.01234**", "«arXiv:2606.01234»"]
)
def test_quotation_marks_of_any_script_are_taken_off(word: str) -> None:
    assert read_reference(word) == PaperReference("2606.01234")


@pytest.mark.parametrize(
    "text",
    [
        "mail me@arxiv.org/abs/2606.01234",
        "notarxiv.org/abs/2606.01234",
        "https://example.com/?u=arxiv.org/abs/2606.01234",
        "https://evil.example/arxiv.org/abs/2606.01234",
        "٢٦٠٦.٠١٢٣٤",
    ],
)
def test_what_only_looks_like_a_link_to_a_paper_is_none(text: str) -> None:
    assert find_references(text) == []


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("2606.01234,2606.01235", ["2606.01234", "2606.01235"]),
        ("2606.01234v2,2606.01235,hep-th/9901001", ["2606.01234", "2606.01235", "hep-th/9901001"]),
        ("a 2606.01234-based method", ["2606.01234"]),
        ("2606.01234v1-style, then", ["2606.01234"]),
        ("2606.01234-", ["2606.01234"]),
        ("hep-th/9901001-inspired", ["hep-th/9901001"]),
        ("see #2606.01234", ["2606.01234"]),
        ("__2606.01234__ and _2606.01235_", ["2606.01234", "2606.01235"]),
        ("__arXiv:2606.01234__", ["2606.01234"]),
        ("論文２６０６．０１２３４と２６０６.０１２３５ｖ２", ["2606.01234", "2606.01235"]),
        ("２６０６．０１２３４．", ["2606.01234"]),
    ],
)
def test_an_id_is_found_between_the_marks_that_people_set(text: str, ids: list[str]) -> None:
    assert [found.id for found in find_references(text)] == ids


@pytest.mark.parametrize("word", ["#2606.01234", "２６０６．０１２３４", "#arXiv:2606.01234", "__2606.01234__"])
def test_marks_that_people_set_are_taken_off(word: str) -> None:
    assert read_reference(word) == PaperReference("2606.01234")


@pytest.mark.parametrize(
    "piece",
    [
        "arxiv.org/",
        "a.a.a.",
        "https://",
        "2606.0123",
        "10.48550/arxiv.",
        "cs/",
        "a-",
        "_",
        "#",
        "2606.01234,",
        "2606.01234-aa",
        "０",
    ],
)
def test_finding_takes_time_in_step_with_the_text(piece: str) -> None:
    def seconds(length: int) -> float:
        text, started = piece * (length // len(piece)), time.process_time()
        find_references(text)
        return time.process_time() - started

    assert seconds(100_000) < 0.1  # of the processor


def test_a_sentence_ends_no_link() -> None:
    text = "Read https://arxiv.org/abs/2606.01234v2. Then (arXiv:2501.00001), doi 10.48550/arXiv.2501.00002."
    assert find_references(text) == [
        PaperReference("2606.01234", 2),
        PaperReference("2501.00001"),
        PaperReference("2501.00002"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "it costs $1234.5678",
        "pi is 3.14159 and e is 2.71828",
        "2606.012345678",
        "2606.01234,567 or 2606.01234,2606.012345 or 2606.01234,2606.0123.4",
        "2606.01234-beta and 2606.01234-rc1 and 2606.01234-2 and 2606.01234-a",
        "2606.01234-dump.csv",
        "run_2606.01234_final and x__2606.01234__ and 2606.01234____",
        "C#2606.01234, $#2606.01234, ¥2606.01234, ￥２６０６．０１２３４",
        "１2606.01234",
        "２６０６．０１２３４５",
        "example.com/x#2606.01234",
        "10.1109/2606.01234-based",
        "192.2606.01234",
        "https://example.com/2606.01234",
        "version-2606.01234-beta",
        "a gain of 1205.1234%",
    ],
)
def test_other_numbers_name_no_paper(text: str) -> None:
    assert find_references(text) == []
