"""A model's or a stranger's sentence as plain text: no links, mentions, markup or invisible characters.

What is shown is escaped anyway, wherever it is shown; this is so that a sentence reads as one, and leads nowhere.
"""

from __future__ import annotations

import re

from bot.papers.text import clean

_MARKDOWN_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()\s]*\)")
_CHAT_TOKEN = re.compile(r"<(?:[@#!][^<>]*|(?:https?|mailto|slack)[^<>]*|a?:\w+:\d+)>")  # <@U1>, <#C1|x>, <https://…|x>
_ADDRESS = re.compile(r"(?:[a-z0-9+.-]{0,30}://|\bwww\.)\S+|\b(?:mailto|javascript|data):\S+", re.IGNORECASE)
_MENTION = re.compile(r"(?<![\w@])@++(?=\w)|@(?=everyone|here)", re.IGNORECASE)
_TAG = re.compile(r"</?[a-z][a-z0-9]*(?:\s[^<>]*)?/?>", re.IGNORECASE)
_MARKS = re.compile(r"\*{2,}|_{2,}|~{2,}|`+|^\s*(?:#{1,6}|[-*•>])\s+")


def plain_sentence(text: str) -> str:
    """The text on one line, without anything that a platform could turn into more than words."""
    text = clean(text)
    for pattern, kept in (
        (_MARKDOWN_LINK, r"\1"), (_CHAT_TOKEN, " "), (_ADDRESS, " "), (_TAG, " "), (_MENTION, ""), (_MARKS, ""),
    ):  # fmt: skip
        text = pattern.sub(kept, text)
    return clean(text)


def word_count(text: str) -> int:
    """Words; of scripts without spaces, two characters count as one word."""
    spaceless = sum("\u3040" <= sign <= "\u9fff" or "\u0e00" <= sign <= "\u0eff" for sign in text)
    return len(text.split()) + spaceless // 2
