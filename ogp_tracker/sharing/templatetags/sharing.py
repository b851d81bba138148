"""Template tags for what is read elsewhere: cards, frames, previews, descriptions for programs."""

from typing import Any

from django import template
from django.template.base import NodeList, Parser, Token
from django.template.context import Context
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from commitments.models import Commitment
from milestones.levels import Sign
from ogp_tracker.common.addresses import absolute
from ogp_tracker.sharing import drawing, picture, schema
from ogp_tracker.sharing.letters import clean
from ogp_tracker.sharing.status import CommitmentStatus, status_of

register = template.Library()

FRAME, FRAME_NATION = 360, 56
"""Height of a frame, and what each nation adds to it."""


class ReusableNode(template.Node):
    """Renders its content, and stores it for the rest of the page as one line of text."""

    def __init__(self, nodelist: NodeList, name: str) -> None:
        self.nodelist, self.name = nodelist, name

    def render(self, context: Context) -> SafeString:
        # The templates inside have escaped it already.
        words = mark_safe(" ".join(self.nodelist.render(context).split()))  # noqa: S308
        context[self.name] = words
        return words


@register.tag
def keep(parser: Parser, token: Token) -> ReusableNode:
    """{% keep page_title %}{% block title %}…{% endkeep %} renders the block and stores its text.

    A block can be in a template only once; this is how its text can be used twice.
    """
    _tag, name = token.split_contents()
    nodelist = parser.parse(("endkeep",))
    parser.delete_first_token()
    return ReusableNode(nodelist, name)


@register.simple_tag
def card_style() -> SafeString:
    """Exactly the text whose checksum is in the card's policy."""
    return mark_safe(drawing.style())  # noqa: S308 - made of constants and of the site's colours


@register.simple_tag
def shape(sign: Sign) -> SafeString:
    """To be drawn in a square of 16 units."""
    return mark_safe(sign.shape)  # noqa: S308 - a constant of milestones.levels


@register.simple_tag
def commitment_status(commitment: Commitment) -> CommitmentStatus:
    return status_of(commitment, timezone.localdate())


@register.simple_tag
def described(commitment: Commitment | None = None) -> SafeString:
    thing = schema.of_the_data() if commitment is None else schema.of_commitment(commitment)
    return schema.as_data_block(thing)


@register.inclusion_tag("sharing/preview.html")
def preview(commitment: Commitment | None = None) -> dict[str, Any]:
    if commitment is None:
        address = absolute(static("img/preview.png"))
        alt = _("Open Government Tracker: what governments promised, and what became of it")
    else:
        address = _full("commitment_preview", commitment)
        alt = _("Card: the status of %(name)s, in words in the description of this page") % {
            "name": clean(str(commitment))
        }
    return {"address": address, "alt": alt, "width": picture.WIDTH, "height": picture.HEIGHT}


@register.inclusion_tag("sharing/share.html")
def share(commitment: Commitment) -> dict[str, Any]:
    nations = commitment.nations.all() if commitment.milestones.all() else ()
    card, embed = (_full(name, commitment) for name in ("commitment_card", "commitment_embed"))
    page = absolute(commitment.get_absolute_url())
    size = format_html('width="{}" style="max-width:90vw" loading="lazy"', drawing.WIDTH)
    title = _("Status of %(name)s on the Open Government Tracker") % {
        "name": clean(str(commitment))
    }
    return {
        "card": reverse("commitment_card", args=[commitment.slug]),
        "picture": format_html(
            '<a href="{}"><img src="{}" alt="{}" {}></a>', *(page, card, title, size)
        ),
        "frame": format_html(
            '<iframe src="{}" title="{}" {} height="{}"></iframe>',
            *(embed, title, size, FRAME + FRAME_NATION * len(nations)),
        ),
    }


def _full(name: str, commitment: Commitment) -> str:
    return absolute(reverse(name, args=[commitment.slug]))
