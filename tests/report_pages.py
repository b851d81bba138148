"""The form of a report as officers fill it in, for tests.

page = client.get(form_for(milestone))
send(client, milestone, page, _submit="1")
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
    return client.post(form_for(milestone), report(page, **changes), follow=follow)


def evidence(number=0, **answers):
    filled = {"title": "Minutes", "url": "https://www.gov.scot/minutes", "locator": "page 3"}
    return {f"evidence-{number}-{name}": value for name, value in (filled | answers).items()}


def form_on(page):
    return page.context["adminform"].form


def offered(page, name):
    return [str(words) for value, words in form_on(page).fields[name].choices if value]
