"""The form with which anyone reports a mistake."""

import re
from hashlib import sha256

from django import forms
from django.contrib.humanize.templatetags.humanize import intcomma
from django.urls import Resolver404, resolve
from django.utils.translation import gettext_lazy as _

from ogp_tracker.mistakes.models import LONGEST_PAGE, Mistake
from ogp_tracker.pages import PAGES, Has

MOST_LINKS = 3
LINK = re.compile(r"https?://|www\.", re.IGNORECASE)

PUBLIC = {page.name for page in PAGES if page.name != "mistake"} | {
    page.below("changes") for page in PAGES if Has.HISTORY in page.has
}
"""Addresses with a secret, such as the links in emails, are not among these."""


def public_page(address: str) -> str:
    """The path and query again if they are those of a public page of this site, or else ""."""
    try:
        name = resolve(address.partition("?")[0]).view_name
    except Resolver404:
        return ""
    is_fit = len(address) <= LONGEST_PAGE and address.isprintable()
    return address if is_fit and name in PUBLIC else ""


class MistakeForm(forms.ModelForm):
    class Meta:
        model = Mistake
        fields = ("text", "email")
        labels = {"text": _("What is wrong?"), "email": _("Your email address (optional)")}
        help_texts = {
            "text": _("Say what it should say, and where we can check it, if you know."),
            "email": _("We only use it to answer you, and delete it after a year."),
        }
        error_messages = {
            "text": {"required": _("Say what is wrong.")},
            "email": {
                "invalid": _("Enter an email address, like name@example.org, or leave this empty."),
            },
        }
        widgets = {"email": forms.EmailInput(attrs={"autocomplete": "email"})}

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        if (links := len(LINK.findall(text))) > MOST_LINKS:
            raise forms.ValidationError(
                _("Name at most %(most)s web addresses; this has %(links)s.")
                % {"most": intcomma(MOST_LINKS), "links": intcomma(links)}
            )
        return text

    def keep(self, page: str) -> None:
        """Once, however often it is sent, until it is answered."""
        given = {"page": page, **self.cleaned_data}
        digest = sha256(repr(sorted(given.items())).encode()).hexdigest()
        Mistake.objects.get_or_create(digest=digest, state="open", defaults=given)
