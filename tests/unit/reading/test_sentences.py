"""Where sentences of scientific English end."""

from __future__ import annotations

import gzip
import json
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reading.sentences import split_sentences

FRAGMENTS = st.lists(
    st.sampled_from(
        ["We", "show", "e.g.", "et al.", "3.5", "[12].", "Fig. 3", "done.", "Why?", "(i)", "\n", "  ", "x."]
    )
    | st.text(max_size=5),
    max_size=30,
).map(" ".join)
CJK_WORDS = st.text("我们提出方法これは速いですアテンション注意力", min_size=1, max_size=12)
CJK_FRAGMENTS = st.lists(CJK_WORDS | st.sampled_from(list("。！？，、．.!?「」『』（）“”[3] 98")), max_size=40).map(
    "".join
)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("We gain 3.5 points. This is much.", 2),
        ("As in Fig. 3 and Eq. 4, it holds. So be it.", 2),
        ("Vaswani et al. (2017) did it. We do it again.", 2),
        ("Models, e.g. BERT, i.e. encoders, help. Others do not.", 2),
        ("It beats GPT-4.5 vs. Claude 3.5 by 2.1%. Good.", 2),
        ("By J. Smith and A. B. Jones. It is short.", 2),
        ("This was known [3]. We prove it [4, 5]. Done.", 3),
        ("They said so.[7] We agree.", 2),
        ("We call it “the end.” It is not.", 2),
        ("Does it work? Yes! It does.", 3),
        ("We test datasets, models, etc. in one go. It works.", 2),
        ("We test datasets, models, etc. We find much.", 2),
        ("Serving is slow. vLLM helps.", 2),
        ("Code is at https://example.org/a.b. It is free.", 2),
        ("By Thm. 2, Alg. (3) and App. A it holds, see Prop. B or Lem. [4]. So be it.", 2),
        ("We use at avg. 3 and max. 5 GPUs, see pp. 3-5. So be it.", 2),
        ("We show an app. A user may try it, at max. We stop then.", 3),
        ("All are i.i.d. Gaussian. So be it.", 2),
        ("Cor. In the end it holds.", 2),
        ("No full stop at the end", 1),
        ("我们提出了一种方法。它很快！为什么？因为它很小。", 4),
        ("深度学习（见图３．２）很有用。准确率为98.5%。", 2),
        ("他说：“它很快。”然后我们测试了它。", 2),
        ("これは速い。なぜか？小さいからである[3]。次に述べる。", 4),
        ("「速い。」と著者は述べた。我々も同意する。", 2),
        ("「なぜか？」、これが問いである。", 1),
        ("提案手法を述べる．精度は９８．５％である．結果は図３．２に示す．", 3),
        ("提案手法を述べる.精度は98.5%である.CNNを用いる.", 2),
        ("我们使用 Transformer。 It is fast.", 2),
        ("우리는 방법을 제안한다. 정확도는 98.5%이다. 빠르다!", 3),
        ("우리는 방법을 제안한다.그러나 느리다.", 2),
        ("نقترح طريقة جديدة. هل هي سريعة؟ نعم.", 3),
        ("हम एक विधि देते हैं। यह तेज़ है।", 2),
        ("", 0),
    ],
)
def test_sentences_end_where_a_reader_would_end_them(text: str, count: int) -> None:
    assert len(split_sentences(text)) == count


@given(FRAGMENTS | CJK_FRAGMENTS)
def test_the_sentences_joined_are_the_text(text: str) -> None:
    left = " ".join(text.split())
    for sentence in split_sentences(text):
        assert left.startswith(sentence)
        left = left[len(sentence) :].removeprefix(" ")
    assert not left


@given(FRAGMENTS)
def test_latin_sentences_are_parted_by_spaces_alone(text: str) -> None:
    latin = text.encode("ascii", "ignore").decode()
    assert " ".join(split_sentences(latin)) == " ".join(latin.split())


@given(st.lists(st.tuples(CJK_WORDS, st.sampled_from("。！？｡")), min_size=1, max_size=10))
def test_each_chinese_or_japanese_sentence_is_one(sentences: list[tuple[str, str]]) -> None:
    expected = [words + stop for words, stop in sentences]
    assert split_sentences("".join(expected)) == expected
    assert split_sentences(" ".join(expected)) == expected


@given(st.integers(min_value=0, max_value=9), st.integers(min_value=0, max_value=9))
def test_a_decimal_number_is_never_parted(whole: int, part: int) -> None:
    number = f"{whole}.{part}".translate(str.maketrans("0123456789.", "０１２３４５６７８９．"))
    assert len(split_sentences(f"精度は{number}である．")) == 1


def test_a_long_row_of_stops_is_read_at_once() -> None:
    assert len(split_sentences("." * 1_000_000 + "end")) == 1


@given(FRAGMENTS | CJK_FRAGMENTS)
def test_each_sentence_is_an_exact_part(text: str) -> None:
    collapsed = " ".join(text.split())
    assert all(sentence and sentence in collapsed for sentence in split_sentences(text))


@pytest.mark.real_data
def test_recorded_abstracts_have_sentences_of_usual_number_and_length(shared_data: Path) -> None:
    with gzip.open(shared_data / "huggingface" / "archive.jsonl.gz", "rt", encoding="utf-8") as rows:
        abstracts = [json.loads(row)["entry"]["paper"]["summary"] for row in islice(rows, 0, 8_000, 40)]
    counts = sorted(len(split_sentences(abstract)) for abstract in abstracts)
    lengths = [len(sentence.split()) for abstract in abstracts for sentence in split_sentences(abstract)]
    assert 5 <= counts[len(counts) // 2] <= 10
    assert 18 <= sum(lengths) / len(lengths) <= 30
    assert sum(length < 4 for length in lengths) <= len(lengths) / 50
