"""Another spelling for a word that occurs nowhere, taken from texts that readers see.

The index is searched for everything that is one slip of the keyboard away. So no list of words is
needed, which would have to follow every write and leave out what is not public.
"""

from difflib import get_close_matches
from string import ascii_lowercase, digits

from ogp_tracker.search.finding import Choices, find, readable
from ogp_tracker.search.matching import Holds, HoldsAny
from ogp_tracker.search.models import Searchable
from ogp_tracker.search.query import STOP_WORDS, Query, parse, replace_words, words_of
from ogp_tracker.search.site_pages import site_pages_found, title_words

SHORTEST, LONGEST = 3, 20
"""How many letters a word has for which spellings are tried."""

MOST_ASKED, MOST_WORDS = 5, 2
"""How many words of a query are searched for on their own, and how many get another spelling."""

TEXTS = 50

VOWELS = "aeiou"
ALIKE, ALIKE_AFTER_TWO = 0.75, 0.8
"""How similar two words have to be after one slip and after two, as `difflib` counts it: “opne” is
0.75 from “open”, and so is “money” from “one”."""


def suggestion(text: str, query: Query, choices: Choices) -> str:
    """The text in another spelling that has results, or ""."""
    asked = _words_in_question(query)[:MOST_ASKED]
    public = Searchable.objects.filter(readable(Choices()))
    unknown = [word for word in asked if not public.filter(Holds(Query(((word,),)))).exists()]
    better = {word: other for word in unknown[:MOST_WORDS] if (other := _other_spelling(word))}
    if not better:
        return ""
    other_text = replace_words(text, better)
    asks = parse(other_text), choices
    return other_text if find(*asks).keys or site_pages_found(*asks) else ""


def slips(word: str) -> set[str]:
    """A letter left out, added, changed, or two swapped.

    A word with a digit is a number or an id; then digits are added or changed instead.
    """
    letters = digits if any(letter.isdigit() for letter in word) else ascii_lowercase
    splits = [(word[:place], word[place:]) for place in range(len(word) + 1)]
    added = {front + letter + back for front, back in splits for letter in letters}
    changed = {front + letter + back[1:] for front, back in splits if back for letter in letters}
    return (added | changed | _lost_or_swapped(word)) - {word}


def pairs_of_slips(word: str) -> set[str]:
    """What two of the likeliest slips lead to: letters doubled, lost or swapped; vowels."""
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


def _other_spelling(word: str) -> str:
    for slipped, cutoff in ((slips, ALIKE), (pairs_of_slips, ALIKE_AFTER_TWO)):
        known = _public_words(word, slipped(word))
        if alike := get_close_matches(word, known, n=1, cutoff=cutoff):
            return alike[0]
    return ""


def _public_words(word: str, spellings: set[str]) -> list[str]:
    rows = Searchable.objects.filter(HoldsAny(spellings), readable(Choices()))
    texts = rows.values_list("head", "body")[:TEXTS]
    found = {other for text in texts for part in text for other in words_of(part)} - STOP_WORDS
    found |= title_words() & spellings
    return sorted(other for other in found if abs(len(other) - len(word)) <= 2)
