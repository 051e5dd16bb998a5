"""Whether arXiv's record says that a paper is withdrawn.

arXiv has no field for it: the authors or the administrators write it into the comment or in place of the abstract
(https://info.arxiv.org/help/withdraw.html).  Both are free text that may speak of other things that were withdrawn, so
a sentence counts only if its subject is the paper itself.
"""

from __future__ import annotations

import re

NOTICE = 400  # characters of an abstract that can hold the notice; the old abstract may follow it

_PAPER = (
    r"(?:paper|article|manuscript|submission|preprint|pre-print|e-?print|work|version|note|document|study|report|"
    r"thesis)"
)
_GONE = r"(?:withdrawn|retracted|removed|deleted)"
_ADVERB = r"(?:(?:now|since|also|thus|being|hereby|\w{1,20}ly) )?"
_WHO = r"(?:the )?(?:\w{1,20} )?(?:authors?|arxiv|administrators?|admins?|moderators|submitters?)"
_ARXIV = r"(?:the )?arxiv (?:administrators|admins?|moderators)"
_CAUSE = r"(?:due to|because|owing to|for lack|as it|as the|after)"
_START = r"(?:^|[.:;!?(]\s{1,3}|--\s?)[\"'*\s]{0,3}"
_PATTERNS = (
    # "This paper has been withdrawn …", "The current submission was removed by arXiv administrators …"
    rf"{_START}(?:this|our|the (?:present|current)) (?:\w{{1,20}} )?{_PAPER} "
    rf"(?:(?:has|have) {_ADVERB}been|was|is) {_ADVERB}{_GONE}\b(?! from (?!arxiv|the arxiv))",
    rf"{_START}the {_PAPER} (?:has {_ADVERB}been|was|is) {_ADVERB}{_GONE} (?:by {_WHO}|{_CAUSE})\b",
    # "We withdraw this paper …", "The authors have withdrawn this manuscript …"
    rf"{_START}(?:we|i|the (?:\w{{1,20}} )?authors?|{_ARXIV}) (?:\w{{1,20}} ){{0,4}}"
    rf"(?:withdraws?|withdrew|withdrawn|retract(?:ed|s)?) (?:this|our|the) (?:\w{{1,20}} )?{_PAPER}\b",
    # "Withdrawn", "Paper withdrawn by the author", "Retracted due to an error"
    rf"^\W{{0,3}}(?:{_PAPER} )?(?:withdrawn|retracted)(?:\s{{0,3}}(?:$|[.;:,()!])| (?:by {_WHO}|{_CAUSE})\b)",
)
_WITHDRAWN = re.compile("|".join(_PATTERNS), re.IGNORECASE)


def says_withdrawn(abstract: str, comment: str) -> bool:
    """Return whether an abstract or a comment says that its own paper is withdrawn.  Both are single lines."""
    return bool(_WITHDRAWN.search(comment[:NOTICE]) or _WITHDRAWN.search(abstract[:NOTICE]))
