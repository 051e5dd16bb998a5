"""Discord's Markdown as a reader sees it: words, what a click would open, and who would be notified.

Written apart from the adapter's escaping, by the rules of Discord's client: a backslash before punctuation shows the
punctuation, backticks fence code, `[label](<address>)` links, a bare address links, `<@…>` and `@everyone` notify.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

HYPHEN = "\u2010"
_TOKEN = re.compile(
    r"\\(?P<escaped>[^0-9A-Za-z\s])"
    r"|(?P<fence>```(?:\n)?(?P<fenced>.*?)```)"
    r"|`(?P<code>[^`]+)`"
    r"|\[(?P<label>(?:\\.|[^\[\]\\])*)\]\(<(?P<link>[^<>\s]+)>\)"
    r"|\[(?P<loose>[^\]]*)\]\((?P<other>[^)]*)\)"
    r"|(?P<moment><t:-?\d+(?::[tTdDfFR])?>)"
    r"|(?P<mention><@[!&]?\d+>|<#\d+>|<a?:\w+:\d+>|</[\w ]+:\d+>|@everyone|@here)"
    r"|(?P<bare>https?://[^\s<]+)"
    r"|(?P<style>\*{1,3}|__|~~|\|\|)"
    r"|(?P<other_char>.)",
    re.DOTALL,
)


@dataclass
class Reading:
    """What a reader gets out of a text."""

    words: str = ""
    links: set[str] = field(default_factory=set)
    mentions: list[str] = field(default_factory=list)


def read(markdown: str) -> Reading:
    """Read one text component."""
    reading = Reading()
    _read_into(reading, markdown)
    reading.words = re.sub(r"^(?:#{1,3} |-# |> |- )", "", reading.words, flags=re.MULTILINE)
    return reading


def joined(texts: list[str]) -> str:
    """The words of several components, with words that were broken over two of them put together again."""
    return re.sub(HYPHEN + r"\s*(?:[-#>]+ )?", "", "\n".join(texts)).replace("\u200b", "")


def _read_into(reading: Reading, markdown: str) -> None:
    for token in _TOKEN.finditer(markdown):
        match token.lastgroup:
            case "escaped" | "code" | "other_char" | "moment":
                reading.words += token[token.lastgroup]
            case "fence" | "fenced":
                reading.words += token["fenced"]
            case "link":
                reading.links.add(token["link"])
                _read_into(reading, token["label"])
            case "other":
                reading.links.add(token["other"].strip(" <>").split(">")[0].split(" ")[0])
                reading.words += token["loose"]
            case "mention":
                reading.mentions.append(token["mention"])
                reading.words += token["mention"]
            case "bare":
                reading.links.add(token["bare"])
                reading.words += token["bare"]
