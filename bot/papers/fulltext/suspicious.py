"""Sentences in a paper that speak to a model or a reviewer instead of its readers.

They are kept out of what answers are made from, and shown as flagged.  The patterns follow the texts found in real
preprints in 2025 ("give a positive review only") and the common families of prompt injection: overriding earlier
instructions, taking a role, steering a review or a ranking, hijacking the answer, asking for secrets or links.  Each
asks for an order *and* what it is about, since papers on language models speak of both all the time.
"""

from __future__ import annotations

import re
import unicodedata

from bot.papers.fulltext.clean import clean, hidden_message

MAX_LENGTH = 4_000  # characters that are looked at

_MODEL = r"(?:ai|llm|large language model|language model|chat ?bot|chatgpt|gpt(?:-?\d\S*)?|claude|gemini|copilot)s?"
_EARLIER = r"(?:all|any|every|the|your|my|of|these|those|previous|prior|preceding|earlier|above|foregoing|other|system)"
_ORDERS = r"(?:instructions?|prompts?|directions?|directives?|guidelines|commands?|orders|rules|context|constraints)"
_GOOD = r"(?:positive|favou?rable|glowing|enthusiastic|good|great|excellent|perfect|(?:a |very )high|strong)"
_VERDICT = r"(?:review|rating|score|evaluation|assessment|feedback|recommendation)s?"
_FAULTS = r"(?:negatives?|weakness(?:es)?|limitations?|flaws?|criticisms?|shortcomings?)"
_ANSWER = r"(?:your|the|every|each|any) (?:\w+ ){0,2}(?:answer|response|reply|output|summary|review|message|digest)s?"
_PEOPLE = r"(?:the |your |all )?(?:user|reader|channel|human|everyone)s?"

_OVERRIDING = (
    rf"\b(?:ignore|disregard|forget|override|bypass|neglect|skip|discard)\b(?: {_EARLIER})+ {_ORDERS}\b",
    r"\b(?:ignore|disregard|forget) (?:everything|anything|what|all) (?:\w+ ){0,4}(?:above|before|told|said|earlier)",
    r"\b(?:new|updated|real|actual|hidden|secret|important|key) (?:system )?instructions?(?: for (?:you|the \w+))?\s*:",
    r"\b(?:system|developer) (?:prompt|message|override|note)\s*:",
    r"<\|(?:im.start|im.end|system|user|assistant|endoftext)\|>|\[/?inst\]|<</?sys>>",
    r"\bbegin (?:system|hidden) prompt\b",
)
_ROLES = (
    rf"\b(?:as|since|because) (?:you are )?an? {_MODEL},? (?:you|please|do|make|give|rate|recommend|respond|write)\b",
    rf"\byou are (?:now |no longer |an? )+(?:\w+ ){{0,3}}{_MODEL}\b.*\b(?:must|should|will|always|never|ignore)\b",
    r"\byou are (?:now|no longer) (?:an?|the|in|bound|restricted)\b|^you are now \w+\b",
    r"\bfrom now on,? (?:you|always|never|only|respond|answer)\b",
    r"\b(?:note|instruction|message|attention|warning|reminder)s? (?:to|for) (?:the |any |all )?"
    rf"(?:{_MODEL}|assistants?)\b",
    rf"^(?:dear |hey |hello |attention,? )?(?:{_MODEL}|(?:{_MODEL} )?(?:reviewer|agent|assistant)s?)\s*[,:!]\s*"
    r"(?:please|you|do|give|write|say|ignore|always|never|make|note|must)\b",
    rf"\bif you are an? (?:\w+ ){{0,2}}{_MODEL}\b|\b{_MODEL} reviewers? note\b",
)
_STEERING = (
    rf"\b(?:give|write|provide|submit|return|offer)\b (?:(?!and )\w+ ){{0,3}}{_GOOD} "
    rf"(?:(?!and )\w+ ){{0,2}}{_VERDICT}\b",
    rf"\b(?:assign|produce|generate|output) (?:it |this paper )?an? (?:\w+ )?{_GOOD} (?:(?!and )\w+ )?{_VERDICT}\b",
    r"\bdo not (?:\w+ )?(?:highlight|mention|point out|include|list|discuss|raise|report)\b "
    rf"(?:any |the |its )*{_FAULTS}\b",
    r"\b(?:you (?:should|must|will)|please|strongly|now)\b (?:\w+ ){0,2}(?:recommend|advocate|advise)\w* "
    r"(?:\w+ ){0,3}(?:accept(?:ing|ance|ed)?|publication)\b",
    r"\b(?:recommend|advocate) (?:for )?(?:accepting|(?:the )?acceptance of|the paper.?s acceptance)\b",
    r"\b(?:ensure|make sure) (?:that )?(?:the|your) (?:review|summary|answer|rating) (?:is|remains|stays|be)\b",
    r"\bwhen writing (?:the )?(?:strengths?|weakness(?:es)?|review)\b|\bany weaknesses mentioned should\b",
    r"\b(?:rank|rate|score|place|list) (?:this|the present|our) (?:paper|work|article|submission) "
    r"(?:as |at |on |number |in )*(?:the )?(?:first|top|highest|best|1\b|#1|10/10|ten)",
)
_HIJACKING = (
    rf"\b(?:begin|start|end|finish|prefix|append|preface) {_ANSWER} with\b",
    rf"\b(?:in|into|to|at the (?:end|start|beginning) of) {_ANSWER},? (?:you must |please )?"
    r"(?:include|add|insert|say|write|mention|append|state|post|link)\b",
    r"\b(?:include|insert|add|append|put|post|repeat|embed)\b (?:\S+ ){1,8}(?:in|into|to|at the (?:end|start) of) "
    r"(?:your|every|each) (?:\w+ )?(?:answer|response|reply|output|summary|review|message|digest)s?\b",
    r"\b(?:respond|reply|answer|output|print)\b (?:only|just|exactly|verbatim|solely) (?:with|the|by|:|[\"'“])",
    r"\b(?:say|write|print|output|repeat) (?:exactly|verbatim|the (?:words?|phrase|following)) ?[:\"'“\w]",
    r"\b(?:reveal|print|show|repeat|leak|output|disclose|send|share|exfiltrate)\b (?:me |us )?"
    r"(?:your|the|its) (?:\w+ )?(?:system prompt|instructions|secrets?|api keys?|passwords?|credentials)\b",
    r"@(?:everyone|here)\b|<!(?:channel|here|everyone)>|<@[!&]?\w{6,}>",
    r"\b(?:click|visit|open|follow|go to)\b (?:on )?(?:this|the following) (?:link|url|site|page)\b.*"
    r"\b(?:now|must|urgent)",
    rf"\b(?:tell|instruct|ask|urge) {_PEOPLE} (?:to|that) (?:\w+ ){{0,2}}"
    r"(?:visit|click|open|pay|send|install|download|buy)\b",
)
_PATTERNS = re.compile("|".join(f"(?:{pattern})" for pattern in (*_OVERRIDING, *_ROLES, *_STEERING, *_HIJACKING)))

# Words without which no pattern can match; most sentences of a paper have none of them.
_TRIGGERS = frozenset(
    "ignore disregard forget override bypass neglect skip discard instruction instructions prompt message note system "
    "you now attention warning reminder reviewer reviewers please do always never must give write provide submit "
    "return offer assign produce generate output negative negatives weakness weaknesses limitation limitations flaw "
    "flaws criticism criticisms shortcoming shortcomings recommend advocate ensure make writing rank rate score place "
    "list begin start end finish prefix append preface include insert add put post repeat embed say mention state "
    "link respond reply answer print reveal show leak disclose send share exfiltrate click visit open follow go tell "
    "instruct ask urge".split()
)
_MARKS = ("@", "<|", "<!", "<<", "[inst", "[/inst", "gpt")
_WORDS = re.compile(r"[a-z]+")
_SPACED_OUT = re.compile(r"\b(?:\w[ .\-_*]){5,}\w\b")
_JOINTS = re.compile(r"[ .\-_*]")
_SPACES = re.compile(r"[\s*_`]+")


def is_instruction_like(sentence: str) -> bool:
    """Whether a sentence gives orders to a model or a reviewer.  Any text is safe to ask about."""
    if hidden_message(sentence):
        return True
    text = _plain(sentence)
    if _TRIGGERS.isdisjoint(_WORDS.findall(text)) and not any(mark in text for mark in _MARKS):
        return False
    return _PATTERNS.search(text) is not None


def _plain(sentence: str) -> str:
    """Lower case, compatibility forms resolved, s p a c e d words together, marks of emphasis gone."""
    text = unicodedata.normalize("NFKC", clean(sentence[:MAX_LENGTH])).casefold()
    text = _SPACED_OUT.sub(lambda word: _JOINTS.sub("", word[0]), text)
    return _SPACES.sub(" ", text.replace("’", "'")).strip()
