"""Another spelling for a word that stands nowhere, taken out of texts that readers see.

The index is asked for everything that is a slip of the keyboard away. So it needs no list of words,
which would have to follow every write and to leave out what is not public.
"""

from collections.abc import Iterable
from difflib import get_close_matches
from string import ascii_lowercase, digits

from ogp_tracker.search.finding import Choices, find, readable
from ogp_tracker.search.matching import Holds, HoldsAny
from ogp_tracker.search.models import Searchable
from ogp_tracker.search.query import STOP_WORDS, Query, parse, replace_words, words_of

SHORTEST, LONGEST = 3, 20
"""How many letters a word has that is worth a guess."""

MOST_ASKED, MOST_WORDS = 5, 2
"""How many words of a query are asked for by themselves, and how many get another spelling."""

TEXTS = 50
"""Texts in which the other spelling is looked for."""

VOWELS = "aeiou"
ALIKE = 0.75
"""How much of two words has to be the same, as `difflib` counts it."""


def suggestion(text: str, query: Query, choices: Choices) -> str:
    """Return the text in another spelling with which something is found, or ""."""
    asked = _words_in_question(query)[:MOST_ASKED]
    unknown = [word for word in asked if not _is_known(word)]
    better = {word: other for word in unknown[:MOST_WORDS] if (other := _other_spelling(word))}
    if not better:
        return ""
    other_text = replace_words(text, better)
    return other_text if find(parse(other_text), choices).keys else ""


def slips(word: str) -> set[str]:
    """Return all words that one slip leads to: a letter left out, added, changed, or two swapped.

    A word with a digit in it is a number or an id; then it is digits that are added or changed.
    """
    signs = digits if any(sign.isdigit() for sign in word) else ascii_lowercase
    parts = [(word[:place], word[place:]) for place in range(len(word) + 1)]
    added = {front + sign + back for front, back in parts for sign in signs}
    changed = {front + sign + back[1:] for front, back in parts if back for sign in signs}
    return (added | changed | _lost_or_swapped(word)) - {word}


def pairs_of_slips(word: str) -> set[str]:
    """Return what two of the likeliest slips lead to: letters doubled, lost, swapped; vowels."""
    once = _likely_slips(word)
    return {twice for one in once for twice in _likely_slips(one)} - once - {word}


def _likely_slips(word: str) -> set[str]:
    doubled = {word[: place + 1] + word[place:] for place in range(len(word))}
    vowels = {
        word[:place] + vowel + word[place + 1 :]
        for place, letter in enumerate(word)
        if letter in VOWELS
        for vowel in VOWELS
    }
    return (doubled | vowels | _lost_or_swapped(word)) - {word}


def _lost_or_swapped(word: str) -> set[str]:
    lost = {word[:place] + word[place + 1 :] for place in range(len(word))}
    swapped = {
        word[:place] + word[place + 1] + word[place] + word[place + 2 :]
        for place in range(len(word) - 1)
    }
    return lost | swapped


def _words_in_question(query: Query) -> list[str]:
    words = dict.fromkeys(word for term in query.wanted for word in term)
    return [word for word in words if SHORTEST <= len(word) <= LONGEST and word not in STOP_WORDS]


def _is_known(word: str) -> bool:
    """Return whether the word stands in any text that readers see."""
    return Searchable.objects.filter(Holds(Query(((word,),))), readable(Choices())).exists()


def _other_spelling(word: str) -> str:
    """Return the word of public texts that is most like this one, or ""."""
    for spellings in (slips(word), pairs_of_slips(word)):
        if alike := get_close_matches(word, _public_words(word, spellings), n=1, cutoff=ALIKE):
            return alike[0]
    return ""


def _public_words(word: str, spellings: Iterable[str]) -> list[str]:
    """Return words of about this length out of public texts that hold one of the spellings."""
    rows = Searchable.objects.filter(HoldsAny(spellings), readable(Choices()))
    texts = rows.values_list("head", "body")[:TEXTS]
    found = {other for text in texts for part in text for other in words_of(part)} - STOP_WORDS
    return sorted(other for other in found if abs(len(other) - len(word)) <= 2)
