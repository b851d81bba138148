"""How a password is judged besides its length and Django's list of common ones, all of it here."""

import re

from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from zxcvbn_rs_py import zxcvbn

# What the estimator reads. Signs that can stand for many letters take it 0.12 s at 40 characters,
# 1 s at 100; the strength of the beginning is that of the whole or less.
READ = 40
# Of 0 to 4: more than ten thousand million guesses.
STRONG_ENOUGH = 4

# Shorter ones are found inside too many words.
SHORTEST_WORD = 4
SITE_WORDS = ("opengov", "government", "tracker", "commitment", "milestone")
DISGUISES = str.maketrans("013457@$!", "oleastasi")

ADVICE = _(
    "Choose four words that do not belong together, or let a password manager make the password."
)


class StrengthValidator:
    """No words of the site or the person, and hard to guess by the ways that people choose."""

    def validate(self, password: str, user: User | None = None) -> None:
        typed = password.casefold()
        person = user and (user.get_username(), user.first_name, user.last_name, user.email)
        for word in words_in(*SITE_WORDS, settings.SITE_HOST or "", *(person or ())):
            if word in typed or word in typed.translate(DISGUISES):
                left_out = gettext("Leave out “%(word)s”: it is a word of this site or about you.")
                raise ValidationError(f"{left_out % {'word': word}} {ADVICE}")
        if int(zxcvbn(password[:READ]).score) < STRONG_ENOUGH:
            raise ValidationError(gettext("This password is easy to guess.") + f" {ADVICE}")

    def get_help_text(self) -> str:
        return gettext("No words of this site or about you.") + f" {ADVICE}"


def words_in(*texts: str) -> list[str]:
    found = re.findall(r"[^\W\d_]+", " ".join(texts).casefold())
    return [word for word in found if len(word) >= SHORTEST_WORD]
