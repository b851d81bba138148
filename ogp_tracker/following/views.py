"""Pages for followers. They need no cookie: the signature of an emailed link gives the right."""

from collections.abc import Callable
from functools import wraps
from uuid import UUID

from allauth.core.ratelimit import consume
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from ogp_tracker.common.open_forms import refuse
from ogp_tracker.following import emails, subscribing
from ogp_tracker.following.calendars import counts_of, left_out_words
from ogp_tracker.following.forms import FollowForm
from ogp_tracker.following.models import Follower, Subscription
from ogp_tracker.following.targets import SITE, Target, spelt_as, with_keys

ONE_CLICK = ("List-Unsubscribe", "One-Click")

View = Callable[[HttpRequest, str], HttpResponse]


def by_secret_link(view: View) -> View:
    """Keep the page out of caches and search engines, and its address out of other sites' logs.

    No cookie is needed against forged requests: only the owner of the address has the link.
    """

    @csrf_exempt
    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def inner(request: HttpRequest, token: str) -> HttpResponse:
        response = view(request, token)
        response["Cache-Control"] = "no-store"
        response["Referrer-Policy"] = "no-referrer"
        response["X-Robots-Tag"] = "noindex"
        return response

    return inner


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def follow(request: HttpRequest) -> HttpResponse:
    what = request.GET.get("what", "")
    found = spelt_as(what) if what else SITE
    target = found or SITE
    if request.method != "POST":
        return show(request, target, FollowForm(target), is_unknown=found is None)
    form = FollowForm(target, request.POST)
    if not form.is_valid():
        return show(request, target, form)
    if refused := refuse(
        request, form, "follow", lambda status: show(request, target, form, status=status)
    ):
        return refused
    address = form.cleaned_data["address"]
    # The response is the same beyond the limit: it must not reveal what others asked for.
    if consume(request, action="follow_address", key=address.casefold()):
        email = subscribing.ask(address, form.cleaned_data["what"], form.cleaned_data["how_often"])
        try:
            email.send()
        except (OSError, ValueError):
            form.add_error(
                None, _("We could not send the email. Check your address, or try again in an hour.")
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
    """`is_unknown`: the address named something that is not on this site."""
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
    """The same page whether or not an email was sent."""
    return render(
        request,
        "following/asked.html",
        {"heading": _("Check your email"), "days": emails.DAYS_TO_CONFIRM},
    )


@by_secret_link
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """A button confirms; opening a link is not enough, because mail scanners open emails."""
    uid = emails.confirmed_by(token)
    row = uid and Subscription.objects.select_related("follower").filter(uid=uid).first()
    if not row:
        return gone(request, is_confirm=True)
    if request.method == "POST":
        subscribing.confirm(row)
    is_done = request.method == "POST"
    key = (row.kind, row.key)
    target = with_keys({key}).get(key)
    context = {
        "heading": _("Confirmed") if is_done else _("Confirm that you want these emails"),
        "name": target.name if target else "",
        "how_often": row.get_how_often_display(),
        "is_done": is_done,
        "mine": emails.mine_link(row.follower),
    }
    return render(request, "following/confirm.html", context)


@by_secret_link
def mine(request: HttpRequest, token: str) -> HttpResponse:
    """What an address follows; a mail program can end everything with one click (RFC 8058)."""
    uid = emails.follower_of(token)
    if uid is None:
        return gone(request)
    follower = Follower.objects.filter(uid=uid).first()
    if follower is None or (request.method == "POST" and not acted(request, follower)):
        heading = _("Your address is deleted")
        return render(request, "following/forgotten.html", {"heading": heading})
    rows = list(follower.subscriptions.filter(confirmed_at__isnull=False))
    targets = with_keys({(row.kind, row.key) for row in rows})
    context = {
        "heading": _("Your email updates"),
        "follower": follower,
        "rows": [(row, targets.get((row.kind, row.key))) for row in rows],
        "is_changed": request.method == "POST",
    }
    return render(request, "following/mine.html", context)


def gone(request: HttpRequest, *, is_confirm: bool = False) -> HttpResponse:
    context = {"heading": _("This link does not work"), "is_confirm": is_confirm}
    return render(request, "following/gone.html", context, status=404)


def acted(request: HttpRequest, follower: Follower) -> bool:
    """Do what the follower chose; False if the address is deleted now."""
    chosen = request.POST
    name, value = ONE_CLICK
    if chosen.get(name) == value or chosen.get("do") == "forget":
        follower.delete()
        return False
    try:
        uid = UUID(chosen.get("which", ""))
    except ValueError:
        return True
    if chosen.get("do") == "stop":
        return subscribing.stop(follower, uid)
    if chosen.get("do") in Subscription.HowOften.values:
        follower.subscriptions.filter(uid=uid).update(how_often=chosen["do"])
    return True
