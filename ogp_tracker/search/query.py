"""The plain language of the search box, parsed into words and phrases; pure.

All words have to occur, in any of their forms. The words of “a phrase” in quotation marks have to
follow each other. A word or phrase with a - in front must not occur. There is no other syntax, and
no text is an error.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

MOST_CHARACTERS = 300
MOST_TERMS = 20

_IN_NEARLY_EVERY_TEXT = """
a about above after again against all am an and any are as at be because been before being below
between both but by can did do does doing don down during each few for from further had has have
having he her here hers herself him himself his how i if in into is it its itself just me more
most my myself no nor not now of off on once only or other our ours ourselves out over own s same
she should so some such t than that the their theirs them themselves then there these they this
those through to too under until up very was we were what when where which while who whom why will
with you your yours yourself yourselves
"""
STOP_WORDS = frozenset(_IN_NEARLY_EVERY_TEXT.split())
"""Words of nearly every text: those that PostgreSQL's English leaves out."""

_WORD = re.compile(r"[^\W_]+")
_PART = re.compile(r'(?P<minus>(?<!\S)-)?(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))')
_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»", '"'))
_ACCENTS = re.compile("[\u0300-\u036f]")
_LIKE_AN_ID = re.compile(r"[a-z]{2,}[0-9]+|0[0-9]+")

Term = tuple[str, ...]
"""A word, or the words of a phrase in their order."""


@dataclass(frozen=True)
class Query:
    wanted: tuple[Term, ...] = ()
    unwanted: tuple[Term, ...] = ()
    is_cut: bool = False
    """Whether the text was too long, so that only a part of it is searched for."""

    @property
    def like_an_id(self) -> str:
        """The words joined, if that could be the id of a commitment (UK 0096, 0096), or ""."""
        together = "".join(word for term in self.wanted for word in term)
        is_one = _LIKE_AN_ID.fullmatch(together) and not self.unwanted
        return together if is_one else ""


def parse(text: str) -> Query:
    """Never fails."""
    wanted: list[Term] = []
    unwanted: list[Term] = []
    for part in _PART.finditer(text[:MOST_CHARACTERS].translate(_QUOTES)):
        term = _without_stop_words(words_of(part["phrase"] or part["word"] or ""))
        terms = unwanted if part["minus"] else wanted
        if term and term not in terms:
            terms.append(term)
    is_cut = len(text) > MOST_CHARACTERS or max(len(wanted), len(unwanted)) > MOST_TERMS
    return Query(tuple(wanted[:MOST_TERMS]), tuple(unwanted[:MOST_TERMS]), is_cut)


def words_of(text: str) -> list[str]:
    return [plain(word) for word in _WORD.findall(unicodedata.normalize("NFC", text))]


def plain(word: str) -> str:
    """In small letters without accents, as both databases compare words."""
    bare = _ACCENTS.sub("", unicodedata.normalize("NFD", word))
    return unicodedata.normalize("NFC", bare).lower()


def replace_words(text: str, others: Mapping[str, str]) -> str:
    """The text with some words replaced, whatever their capitals and accents."""
    composed = unicodedata.normalize("NFC", text)
    return _WORD.sub(lambda match: others.get(plain(match[0]), match[0]), composed)


def _without_stop_words(words: list[str]) -> Term:
    """Stop words are removed at both ends only: inside a phrase they count."""
    telling = [place for place, word in enumerate(words) if word not in STOP_WORDS]
    return tuple(words[telling[0] : telling[-1] + 1]) if telling else ()
