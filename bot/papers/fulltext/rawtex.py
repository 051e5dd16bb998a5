r"""LaTeX commands that a converter left in running text.

LaTeXML passes on what it does not know, such as the references of packages that it lacks (`\cref{fig:x}`).
"""

from __future__ import annotations

import re

_ARGUMENTS = r"(?:\[[^\[\]{}]{0,100}\]){0,2}\{[^{}]{0,300}\}"
_REFERENCE = re.compile(
    r"~?\\(?:lx@)?(?:[cC]refrange|[cC]ref|[vV]ref|autoref|nameref|eqref|pageref|ref|label|"
    r"[cC]ite(?:p|t|alp|alt|author|year|yearpar)?\*?|footnotemark|index)" + rf"(?:{_ARGUMENTS})"
)
_FONT = re.compile(
    r"\\(?:text(?:bf|it|tt|sc|rm|sf|sl|up|md|normal|superscript|subscript)|emph|underline|uline|mbox)"
    r"\{([^{}]{0,2000})\}"
)
_COLOUR = re.compile(r"\\(?:textcolor|colorbox)\{[^{}]{0,100}\}\{([^{}]{0,2000})\}")
_SPACING = re.compile(
    r"\\(?:[vh]space\*?\{[^{}]{0,60}\}|(?:xspace|noindent|newline|quad|qquad|par|centering|raggedright|small|"
    r"footnotesize|scriptsize|tiny|large|Large|smallskip|medskip|bigskip|newpage|clearpage|linebreak|protect|hfill|"
    r"vfill)(?![a-zA-Z@]))"
)
_COMMAND = re.compile(r"\\[a-zA-Z@]{2,40}")
FEW = 6  # commands that a sentence about LaTeX may name


def without_commands(text: str) -> str:
    """Return the text without references and spacing, and with the words of font commands bare."""
    if "\\" not in text:
        return text
    for pattern, kept in ((_REFERENCE, ""), (_FONT, r"\1"), (_COLOUR, r"\1"), (_SPACING, " ")):
        text = pattern.sub(kept, text)
    return text


def is_source(text: str) -> bool:
    """Whether a paragraph is LaTeX's source rather than words: a preamble that was printed instead of obeyed."""
    commands = _COMMAND.findall(text)
    return len(commands) > FEW and 3 * sum(map(len, commands)) > len(text)
