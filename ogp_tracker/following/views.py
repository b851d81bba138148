"""Pages for followers. They need no cookie: what a link in a mail may do, its signature says."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from allauth.core.ratelimit import consume
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from ogp_tracker.common.client_address import client_address
from ogp_tracker.following import links, subscribing
from ogp_tracker.following.calendars import counts_of, left_out_words
from ogp_tracker.following.forms import FollowForm
from ogp_tracker.following.models import Follower, Subscription
from ogp_tracker.following.targets import SITE, Target, spelt_as, with_keys

AN_HOUR = 60 * 60
ONE_CLICK = ("List-Unsubscribe", "One-Click")

View = Callable[..., HttpResponse]


def by_secret_link(view: View) -> View:
    """Let nobody keep the page, find it by search, or learn its address from what it links to.

    Whoever has the link needs no cookie against forged requests: nobody else can make one.
    """

    @csrf_exempt
    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **given: Any) -> HttpResponse:
        response = view(request, *args, **given)
        response["Cache-Control"] = "no-store"
        response["Referrer-Policy"] = "no-referrer"
        response["X-Robots-Tag"] = "noindex"
        return response

    return inner


# A forged request could do no more than anybody can: ask that a mail be sent. So no cookie is set.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def follow(request: HttpRequest) -> HttpResponse:
    """Show how something can be followed, and take in who wants alerts by mail."""
    asked = request.GET.get("what", "")
    found = spelt_as(asked) if asked else SITE
    target = found or SITE
    if request.method != "POST":
        return show(request, target, FollowForm(target), is_unknown=found is None)
    form = FollowForm(target, request.POST)
    if not form.is_valid():
        return show(request, target, form)
    if request.headers.get("Sec-Fetch-Site") in {"cross-site", "same-site"}:
        form.add_error(None, _("This came from another site. Send it from this page instead."))
        return show(request, target, form, status=403)
    if not consume(request, action="follow", key=client_address(request)):
        form.add_error(None, _("Too many were asked for from here. Try again in an hour."))
        response = show(request, target, form, status=429)
        response["Retry-After"] = str(AN_HOUR)
        return response
    address = form.cleaned_data["address"]
    # The answer is the same beyond the limit: it must not tell what others asked for.
    if consume(request, action="follow_address", key=address.casefold()):
        mail = subscribing.ask(address, form.cleaned_data["what"], form.cleaned_data["how_often"])
        try:
            mail.send()
        except (OSError, ValueError):
            form.add_error(
                None,
                _("The mail could not be sent. Check your address, or try again in an hour."),
            )
            return show(request, target, form, status=503)
    return redirect("follow_asked")


def show(
    request: HttpRequest,
    target: Target,
    form: FollowForm,
    *,
    is_unknown: bool = False,
    status: int = 200,
) -> HttpResponse:
    """Show the page of a target; `is_unknown`: the address named another that is not there."""
    dated, without = counts_of(target)
    context = {
        "target": target,
        "form": form,
        "dated": dated,
        "left_out": left_out_words(dated, without),
        "is_unknown": is_unknown,
    }
    return render(request, "following/follow_page.html", context, status=status)


@require_safe
def asked(request: HttpRequest) -> HttpResponse:
    """Say what to do next, whoever asked for what."""
    return render(
        request,
        "following/asked.html",
        {"heading": _("Look into your mailbox"), "days": links.DAYS_TO_CONFIRM},
    )


@by_secret_link
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Show a button that confirms; to open a link is not enough, since mail scanners do that."""
    uid = links.confirmed_by(token)
    row = uid and Subscription.objects.select_related("follower").filter(uid=uid).first()
    if not row:
        return gone(request, is_confirm=True)
    if request.method == "POST":
        subscribing.confirm(row)
    is_done = request.method == "POST"
    context = {
        "heading": _("Confirmed") if is_done else _("Do you want to be told?"),
        "name": followed_name(row),
        "how_often": row.get_how_often_display(),
        "is_done": is_done,
        "mine": links.mine_link(row.follower),
    }
    return render(request, "following/confirm.html", context)


@by_secret_link
def mine(request: HttpRequest, token: str) -> HttpResponse:
    """Show what an address follows, and end it on request; a mail program ends all at once."""
    uid = links.follower_of(token)
    if uid is None:
        return gone(request)
    follower = Follower.objects.filter(uid=uid).first()
    if follower is None:
        return render(
            request, "following/forgotten.html", {"heading": _("Your address is deleted")}
        )
    if request.method == "POST" and not acted(request, follower):
        return render(
            request, "following/forgotten.html", {"heading": _("Your address is deleted")}
        )
    rows = list(follower.subscriptions.filter(confirmed_at__isnull=False))
    targets = with_keys({(row.kind, row.key) for row in rows})
    context = {
        "heading": _("What you follow"),
        "follower": follower,
        "rows": [(row, targets.get((row.kind, row.key))) for row in rows],
        "is_changed": request.method == "POST",
    }
    return render(request, "following/mine.html", context)


def gone(request: HttpRequest, *, is_confirm: bool = False) -> HttpResponse:
    """Say that a link does nothing, and what to do."""
    context = {"heading": _("This link does not work"), "is_confirm": is_confirm}
    return render(request, "following/gone.html", context, status=404)


def acted(request: HttpRequest, follower: Follower) -> bool:
    """Do what a follower chose; False if the address is forgotten now."""
    given = request.POST
    name, value = ONE_CLICK
    if given.get(name) == value or given.get("do") == "forget":
        follower.delete()
        return False
    try:
        uid = UUID(given.get("which", ""))
    except ValueError:
        return True
    if given.get("do") == "stop":
        return subscribing.stop(follower, uid)
    if given.get("do") in Subscription.HowOften.values:
        subscribing.choose(follower, uid, given["do"])
    return True


def followed_name(subscription: Subscription) -> str:
    """Return what a subscription follows, by name; "" if it is not public any more."""
    key = (subscription.kind, subscription.key)
    target = with_keys({key}).get(key)
    return target.name if target else ""
