"""The form of a report as officers fill it in, for tests.

page = client.get(form_for(milestone))
send(client, milestone, page, _draft="1")
send(client, milestone, page, _submit="1")  # by the preview, if the form is not refused
"""

from milestones.models import ProgressUpdate
from tests.admin_pages import address, sent_from
from tests.factories import nation, today


def form_for(milestone, **more):
    query = "".join(f"&{name}={value}" for name, value in more.items())
    return f"{address(ProgressUpdate, 'add')}?milestone={milestone.pk}{query}"


def report(page, **changes):
    answers = {
        "nations": [nation("sct").pk],
        "as_of": str(today()),
        "level": "limited",
        "schedule": "on_schedule",
        "narrative": "Two workshops were held.",
        "obstacles": "The budget came late.",
    }
    return sent_from(page, **(answers | changes))


def send(client, milestone, page=None, *, follow=False, **changes):
    page = page or client.get(form_for(milestone))
    return send_off(client, form_for(milestone), report(page, **changes), follow=follow)


def send_off(client, path, typed, *, follow=False):
    """Send the form; with `_submit` or `_publish` also press that button on its preview."""
    does = {"_submit", "_publish"} & {*typed}
    if not does:
        return client.post(path, typed, follow=follow)
    typed = {name: value for name, value in typed.items() if name not in does}
    answer = client.post(path, typed | {"_preview": "1"}, follow=follow)
    if follow and answer.redirect_chain:
        answer.url = answer.redirect_chain[-1][0]
    if not getattr(answer, "url", "").endswith("/preview/"):
        return answer
    preview = client.get(answer.url)
    pressed = sent_from(preview, do=does.pop().removeprefix("_"))
    return client.post(answer.url, pressed, follow=follow)


def evidence(number=0, **answers):
    filled = {"title": "Minutes", "url": "https://www.gov.scot/minutes", "locator": "page 3"}
    return {f"evidence-{number}-{name}": value for name, value in (filled | answers).items()}


def form_on(page):
    return page.context["adminform"].form


def offered(page, name):
    return [str(words) for value, words in form_on(page).fields[name].choices if value]
