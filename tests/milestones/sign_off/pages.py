"""The page on which a report is signed off: opening it, reading it and pressing its buttons."""

import re

from django.urls import reverse

from milestones import services
from tests.factories import make_update


def submitted(milestone, level="limited", *, by, now=None, **report):
    draft = make_update(milestone, level, by=by, publish=False, now=now, **report)
    return services.submit_update(draft, by=by, now=now)


def page_of(update):
    return reverse("admin:milestones_progressupdate_publish", args=[update.pk])


def press(client, update, button, **more):
    read = re.search(r'name="read" value="(\w+)"', client.get(page_of(update)).text)
    sent = {"do": button, "read": read[1] if read else ""} | more
    return client.post(page_of(update), sent, follow=True)


def buttons(page):
    return re.findall(r'<button[^>]* name="do" value="(\w+)"', page.text)


def heard(page):
    text = re.sub(r"<(script|style)\b.*?</\1>", "", page.text, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())
