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
from ogp_tracker.sharing.status import Status, status_of

register = template.Library()

FRAME, FRAME_NATION = 360, 56
"""Height of a frame, and what each nation adds to it."""


class KeptNode(template.Node):
    """Shows what stands inside, and keeps it for the rest of the page as one line of text."""

    def __init__(self, nodelist: NodeList, name: str) -> None:
        self.nodelist, self.name = nodelist, name

    def render(self, context: Context) -> SafeString:
        """Return what stands inside, without the spaces and line breaks around it."""
        # What the templates inside wrote is escaped already.
        words = mark_safe(" ".join(self.nodelist.render(context).split()))  # noqa: S308
        context[self.name] = words
        return words


@register.tag
def keep(parser: Parser, token: Token) -> KeptNode:
    """Show what stands inside and keep it: {% keep page_title %}{% block title %}…{% endkeep %}.

    A block can stand only once in a template; this is how its words come to stand twice.
    """
    _tag, name = token.split_contents()
    nodelist = parser.parse(("endkeep",))
    parser.delete_first_token()
    return KeptNode(nodelist, name)


@register.simple_tag
def card_style() -> SafeString:
    """Return the style sheet of a card, letter for letter as its policy allows it."""
    return mark_safe(drawing.style())  # noqa: S308 - made of constants and of the site's colours


@register.simple_tag
def shape(sign: Sign) -> SafeString:
    """Return the shape of a level, to be drawn in a square of 16 units."""
    return mark_safe(sign.shape)  # noqa: S308 - a constant of milestones.levels


@register.simple_tag
def commitment_status(commitment: Commitment) -> Status:
    """Return what both voices say of a commitment today."""
    return status_of(commitment, timezone.localdate())


@register.simple_tag
def described(commitment: Commitment | None = None) -> SafeString:
    """Return what a commitment is, or the data, in the words of schema.org; nothing is shown."""
    thing = schema.of_the_data() if commitment is None else schema.of_commitment(commitment)
    return schema.as_microdata(thing)


@register.inclusion_tag("sharing/preview.html")
def preview(commitment: Commitment | None = None) -> dict[str, Any]:
    """Name the picture that stands beside a link to this page: of a commitment, or of the site."""
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
    """Offer what shows this commitment on another site: a picture that leads here, or a frame."""
    status = status_of(commitment, timezone.localdate())
    card, embed = (_full(name, commitment) for name in ("commitment_card", "commitment_embed"))
    size = format_html('width="{}" style="max-width:90vw" loading="lazy"', drawing.WIDTH)
    title = _("Status of %(name)s on the Open Government Tracker") % {"name": status.name}
    return {
        "status": status,
        "card": reverse("commitment_card", args=[commitment.slug]),
        "picture": format_html(
            '<a href="{}"><img src="{}" alt="{}" {}></a>',
            *(status.address, card, title, size),
        ),
        "frame": format_html(
            '<iframe src="{}" title="{}" {} height="{}"></iframe>',
            *(embed, title, size, FRAME + FRAME_NATION * len(status.nations)),
        ),
    }


def _full(name: str, commitment: Commitment) -> str:
    return absolute(reverse(name, args=[commitment.slug]))
