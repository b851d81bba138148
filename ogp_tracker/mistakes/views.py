"""Reporting a mistake: a form that needs no cookie, and a page that says what happens next."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from ogp_tracker.common.open_forms import refuse
from ogp_tracker.mistakes.forms import MistakeForm, public_page


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def report_mistake(request: HttpRequest) -> HttpResponse:
    form = MistakeForm(request.POST if request.method == "POST" else None)
    page = public_page(request.GET.get("page", ""))

    def show(status: int = 200) -> HttpResponse:
        return render(request, "mistakes/form.html", {"form": form, "page": page}, status=status)

    if request.method != "POST" or not form.is_valid():
        return show()
    if refused := refuse(request, form, "mistake", show):
        return refused
    form.keep(page)
    return redirect("mistake_sent")


@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    """A page of its own, so that Back and reload send nothing again."""
    return render(request, "mistakes/sent.html", {"heading": _("Thank you")})
