"""Which words in arXiv's record mean that its paper is withdrawn."""

from __future__ import annotations

import time

import pytest

from bot.papers.withdrawal import says_withdrawn

WITHDRAWN = (
    "Withdrawn",
    "withdrawn.",
    "Paper withdrawn",
    "Withdrawn by the authors due to an error in Lemma 3",
    "12 pages. This paper has been withdrawn by the author due to a crucial sign error in equation 4",
    "This paper has been withdrawn.",
    "This submission has been withdrawn by arXiv administrators due to disputed authorship",
    "arXiv admin note: This article was removed by arXiv administrators because of a false claim of rights",
    "This article has been removed by arXiv administrators because the submitter had no right to grant the license.",
    "The paper has been withdrawn by the authors.",
    "The current version is withdrawn.",
    "This work has been temporarily retracted.",
    "We withdraw this paper because of an error in Lemma 3.",
    "We would like to withdraw our manuscript.",
    "I have decided to withdraw this paper.",
    "The authors have withdrawn this manuscript owing to an error.",
    "The corresponding author has withdrawn the article.",
    "The paper has been withdrawn due to an error in Lemma 3",
    "This paper has now been withdrawn",
    "arXiv administrators have withdrawn this paper",
    "Retracted due to error",
    "This paper was removed from arXiv by its authors",
    "Withdrawn (see the comment)",
)
NOT_WITHDRAWN = (
    "",
    "12 pages, 3 figures",
    "In 2004 the painkiller was withdrawn from the market after heart attacks; we mine case reports.",
    "We study auctions in which a bid is withdrawn before closing.",
    "Supersedes arXiv:2601.00001, which was withdrawn",
    "Replaces a paper that has been withdrawn by its author",
    "Support for the feature was withdrawn in 2024. This paper asks why.",
    "This paper studies how retracted articles are cited.",
    "We analyze why authors withdraw papers from conferences.",
    "A report was withdrawn by the ministry. We study its claims.",
    "The drug has been removed by the agency.",
    "Withdrawn from use, old models still shape what we build.",
    "We remove this paper cut from the images.",
    "Withdrawn consent is a legal problem for data sets.",
    "Our paper was removed from YouTube and other platforms.",
    "This work was withdrawn from the competition.",
    "This paper is about withdrawn drugs.",
    "This paper was not withdrawn.",
    "Retracted articles are still cited.",
)


@pytest.mark.parametrize("words", WITHDRAWN)
def test_what_says_that_the_paper_is_gone(words: str) -> None:
    assert says_withdrawn(abstract=words, comment="")
    assert says_withdrawn(abstract="We boil water.", comment=words)


@pytest.mark.parametrize("words", NOT_WITHDRAWN)
def test_what_speaks_of_something_else(words: str) -> None:
    assert not says_withdrawn(abstract=words, comment="")
    assert not says_withdrawn(abstract="We boil water.", comment=words)


@pytest.mark.parametrize("piece", ["we ", "this paper has been ", ". ", "a " * 3, "the authors have "])
def test_looking_takes_no_time_to_speak_of(piece: str) -> None:
    started = time.process_time()
    says_withdrawn(piece * 50_000, piece * 50_000)
    assert time.process_time() - started < 0.1
