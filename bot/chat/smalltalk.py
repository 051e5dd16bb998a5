"""Greetings and thanks, which are no questions to a paper: they cost nothing and get a friendly sentence."""

from __future__ import annotations

import re
import unicodedata

from bot.chat.request import Origin, Request
from bot.documents.model import Action, Actions, Document, Paragraph, text
from bot.documents.words import with_code

LONGEST = 6  # words; who writes more has something to say
GREETINGS = frozenset(
    "afternoon bom bonjour buongiorno buenos ciao day dia dias evening greetings gruezi guten hallo hej hello hey hi "
    "hiya hola howdy moin morgen morning namaste ola ping salut servus tag test yo".split()
)
THANKS = frozenset(
    "adios arigato awesome bye cheers cool dank danke done gracias grazie great goodbye merci nice night obrigada "
    "obrigado ok okay perfect schon tack thank thanks thx tschuss ty welcome well wonderful".split()
)
BETWEEN = frozenset(
    "a again all and answer beaucoup bot buenas everyone folks for good help lot many muchas much paperwire so team "
    "that the there very vielen you your".split()
)
SMALL_QUESTIONS = frozenset({"how are you", "how is it going", "are you there", "whats up"})
_SIGNS = re.compile(r"[^\w\s]|_")
_NOTHING_BUT_SIGNS = re.compile(r"[^\w?#]+")  # a thumb, a heart, a smile

ASKABLE = (
    "Ask me about a paper: name it by its arXiv id, a link, or its number in a list, and write your question. "
    "`help` says what else there is."
)
FIRST_STEPS = Actions((Action("Today's papers", "today", style="primary"), Action("Help", "help", private=True)))


def small_talk(request: Request) -> Document | None:
    """What to say to somebody who says hello or thank you; None where something is asked for."""
    if request.origin is not Origin.MESSAGE:
        return None
    words = _words(request.text)
    if " ".join(words) in SMALL_QUESTIONS or (_is_small(request.text, words) and GREETINGS & set(words)):
        return Document(blocks=(Paragraph((*text("Hello! "), *with_code(ASKABLE))), FIRST_STEPS))
    if _is_small(request.text, words) or _NOTHING_BUT_SIGNS.fullmatch(request.text.strip()):
        return Document(blocks=(Paragraph(text("Glad to help. Ask on whenever you like.")),))
    return None


def _is_small(line: str, words: list[str]) -> bool:
    """Whether a line is made of nothing but greetings and thanks."""
    said = set(words)
    whole = said <= GREETINGS | THANKS | BETWEEN and bool(said & (GREETINGS | THANKS))
    return whole and len(words) <= LONGEST and not line.rstrip().endswith("?")


def _words(line: str) -> list[str]:
    """A line's words in lower case, without accents and signs."""
    letters = unicodedata.normalize("NFKD", line.casefold())
    return _SIGNS.sub("", "".join(char for char in letters if not unicodedata.combining(char))).split()
