"""How people name a paper: arXiv ids, links of many sites, and `#3` for the third of the list last shown.

The forms of arXiv's ids are described at https://info.arxiv.org/help/arxiv_identifier.html: `YYMM.NNNN` from April
2007, `YYMM.NNNNN` from 2015, and `archive.SUBJECT/YYMMNNN` before; each perhaps followed by a version, `v2`.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from itertools import pairwise
from urllib.parse import unquote, urlsplit

from bot.errors import BadInput

# Ids and addresses are ASCII in every script (`re.ASCII`), so a sentence may go on right behind one: "看2606.01234，".
_YEAR_AND_MONTH = r"\d{2}(?:0[1-9]|1[0-2])"
_NEW_ID = rf"{_YEAR_AND_MONTH}\.\d{{4,5}}"
_ARCHIVES = (
    "acc-phys|adap-org|alg-geom|ao-sci|astro-ph|atom-ph|bayes-an|chao-dyn|chem-ph|cmp-lg|comp-gas|cond-mat|cs|dg-ga|"
    "funct-an|gr-qc|hep-ex|hep-lat|hep-ph|hep-th|math|math-ph|mtrl-th|nlin|nucl-ex|nucl-th|patt-sol|physics|plasm-ph|"
    "q-alg|q-bio|quant-ph|solv-int|supr-con"
)
_OLD_ID = rf"(?:{_ARCHIVES})(?:\.[A-Z]{{2}})?/{_YEAR_AND_MONTH}\d{{3}}"
_VERSION = r"(?:v(?P<version>[1-9]\d{0,2}))?"
_FLAGS = re.IGNORECASE | re.ASCII
_ID = re.compile(rf"(?P<id>{_NEW_ID}|{_OLD_ID}){_VERSION}", _FLAGS)
_PREFIX = re.compile(r"^#?(?:arxiv:\s*|(?:doi:\s*)?10\.48550/arxiv\.)?", _FLAGS)
_FULL_WIDTH = re.compile(
    r"[０-９]{1,9}(?:[.．][０-９]{1,9})?(?:[vｖ][０-９]{1,9})?"
)  # as Chinese and Japanese keyboards type
_NUMBER = re.compile(r"#\s*(\d{1,4})", re.ASCII)

# With their subdomains: de.arxiv.org, www.alphaxiv.org, ar5iv.labs.arxiv.org.
_HOSTS = (
    "arxiv.org", "ar5iv.org", "xxx.lanl.gov", "huggingface.co", "hf.co", "hf-mirror.com", "alphaxiv.org", "doi.org",
    "papers.cool", "scirate.com", "emergentmind.com", "semanticscholar.org",
)  # fmt: skip
_TRAILING = re.compile(r"\.(?:pdf|html|md)$", re.IGNORECASE)
_AROUND = (
    "<>[](){}`'\"“”„‘’«»‹›「」『』（）【】《》〈〉，。、；：！？…,;*_~"  # what people and chats put around a reference
)

# In running text an id must stand alone: not inside a longer number, word or path, nor before the suffix of a release.
# Markup may enclose it, the next id of a list may follow without a blank, and so may a word: "2606.01234-based".
_ADDRESS = r"[A-Za-z0-9._~:/?#@!$&+,;=%-]+"
_HOST = "|".join(map(re.escape, _HOSTS))
_RELEASE = r"(?:alpha|beta|build|dev|final|nightly|post|pre|preview|rc|release|snapshot|stable)"
_BEFORE_ID = r"(?<![\w./#$€£¥￥-])[_#]{0,4}(?:arxiv:\s*)?"
_AFTER_ID = (
    rf"(?!_{{0,3}}[a-z0-9/%]|_{{4}}|\.\d|,(?!(?:{_NEW_ID}|{_OLD_ID})(?![\d.]))\d"
    rf"|-(?!(?!{_RELEASE}\b)[a-z]{{2,30}}(?![\w/]|\.\w))\w)"
)
_IN_TEXT = re.compile(
    rf"(?P<url>https?://{_ADDRESS})"
    rf"|(?<![a-z0-9./@-])(?P<schemeless>(?:[a-z0-9-]{{1,20}}\.){{0,2}}(?:{_HOST})/{_ADDRESS})"
    r"|(?P<doi>\b10\.48550/arxiv\.(?P<in_doi>[\w./-]*\w))"
    rf"|{_BEFORE_ID}(?P<bare>(?:{_NEW_ID}|{_OLD_ID})(?:v[1-9]\d{{0,2}})?){_AFTER_ID}",
    _FLAGS,
)

_HELP = "A paper is named by an arXiv id such as 2606.01234, by a link to it, or by its number in the list such as #3."


@dataclass(frozen=True, slots=True)
class PaperReference:
    """A paper by its arXiv id, and the version asked for, if any."""

    id: str
    version: int | None = None


@dataclass(frozen=True, slots=True)
class ListNumber:
    """`#3`: the paper's number, from 1, in the list last shown."""

    number: int


def read_reference(word: str) -> PaperReference | ListNumber:
    """Read one reference: an id, a link, a DOI, or `#3`.

    Raises:
        BadInput: it names no paper; the sentence says what would.
    """
    word = _half_width(word).strip().strip("<>").split("|")[0].strip(_AROUND)
    if number := _NUMBER.fullmatch(word):
        return _list_number(int(number[1]))
    if found := (_from_link(word) if _looks_like_link(word) else _from_id(word)):
        return found
    hint = f" Did you mean `#{word}`?" if word.isdecimal() and len(word) <= 4 else ""
    raise BadInput(f"`{_quoted(word)}` names no paper.{hint} {_HELP}" if word else _HELP)


def find_references(text: str) -> list[PaperReference]:
    """Every paper named in running text, by link or by id, in order, each paper once.

    Chat platforms write links as `<https://…|label>`; a bare number such as 1234.5678 counts only if its first four
    digits can be a year and a month.
    """
    found: dict[str, PaperReference] = {}
    for match in _IN_TEXT.finditer(_half_width(text)):
        address = match["url"] or match["schemeless"]
        reference = _from_link(address.rstrip(".,;:!?_~")) if address else _from_match(match)
        if reference:
            found.setdefault(reference.id, reference)
    return list(found.values())


def is_paper_id(value: str) -> bool:
    """Whether this is an arXiv id without version."""
    match = _ID.fullmatch(value)
    return match is not None and match["version"] is None


def _half_width(text: str) -> str:
    return _FULL_WIDTH.sub(lambda digits: unicodedata.normalize("NFKC", digits[0]), text)


def _from_match(match: re.Match[str]) -> PaperReference | None:
    return _from_id(match["in_doi"] or match["bare"])


def _from_id(word: str) -> PaperReference | None:
    match = _ID.fullmatch(_TRAILING.sub("", _PREFIX.sub("", word)))
    if match is None:
        return None
    return PaperReference(_canonical(match["id"]), int(match["version"]) if match["version"] else None)


def _canonical(paper_id: str) -> str:
    """Old-style archives are written small, their subject class in capitals: math.GT/0309136."""
    archive, slash, number = paper_id.rpartition("/")
    name, dot, subject = archive.partition(".")
    return f"{name.lower()}{dot}{subject.upper()}{slash}{number}"


def _looks_like_link(word: str) -> bool:
    host = word.partition("/")[0].lower()
    return "://" in word or _is_known_host(host)


def _is_known_host(host: str) -> bool:
    return any(host == known or host.endswith(f".{known}") for known in _HOSTS)


def _from_link(link: str) -> PaperReference | None:
    """The paper that an address of a known site leads to: the first id in its path."""
    try:
        parts = urlsplit(link if "://" in link else f"https://{link}")
        host = parts.hostname or ""
    except ValueError:  # such as a bracket that opens an IPv6 address and never closes
        return None
    if parts.scheme.lower() not in {"http", "https"} or not _is_known_host(host):
        return None
    steps = _PREFIX.sub("", unquote(parts.path).strip("/")).split("/")
    candidates = [*steps, *("/".join(pair) for pair in pairwise(steps))]
    return next((found for candidate in candidates if (found := _from_id(candidate))), None)


def _list_number(number: int) -> ListNumber:
    if number == 0:
        raise BadInput("The list begins with #1.")
    return ListNumber(number)


def _quoted(word: str) -> str:
    word = "".join(char if char.isprintable() else " " for char in word).replace("`", "'")
    return word if len(word) <= 60 else word[:59] + "…"
