"""Reading pages of the Admin section as a browser does."""

from html.parser import HTMLParser

from django.urls import reverse

EMPTY = ""


def address(model, page, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


class _FormParser(HTMLParser):
    """Collects what a browser would send if the page's form were submitted untouched.

    The box for searching the site, which is on every public page, is a form of its own.
    """

    def __init__(self):
        super().__init__()
        self.sent = {}
        self.select = self.textarea = None
        self.in_search_box = False

    def add(self, name, value):
        self.sent.setdefault(name, []).append(value)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        name = given.get("name")
        if tag == "form":
            self.in_search_box = given.get("role") == "search"
        if self.in_search_box:
            return
        if tag == "input" and name and given.get("type") not in {"submit", "file"}:
            ticked = given.get("type") in {"checkbox", "radio"}
            if "checked" in given or not ticked:
                self.add(name, given.get("value", "on" if ticked else EMPTY))
        elif tag == "select":
            self.select = name
        elif tag == "option" and self.select and "selected" in given:
            self.add(self.select, given.get("value", EMPTY))
        elif tag == "textarea" and name:
            self.textarea = name
            self.add(name, EMPTY)

    def handle_endtag(self, tag):
        if tag == "select":
            self.select = None
        elif tag == "textarea":
            self.textarea = None

    def handle_data(self, data):
        if self.textarea:
            # A browser drops the line break with which Django opens the box.
            text = self.sent[self.textarea][-1] + data
            self.sent[self.textarea][-1] = text.removeprefix("\r\n").removeprefix("\n")


def sent_from(page, **changes):
    """Return what the page's form would send, with some answers changed; None takes one out."""
    parser = _FormParser()
    parser.feed(page.text)
    sent = {name: values for name, values in parser.sent.items() if "__prefix__" not in name}
    sent |= changes
    return {name: value for name, value in sent.items() if value is not None}


def row_of(page, row):
    groups = [group.formset for group in page.context["inline_admin_formsets"]]
    (prefix,) = [form.prefix for rows in groups for form in rows.forms if form.instance == row]
    return prefix


def save(client, row, **changes):
    page = client.get(address(type(row), "change", row.pk))
    answer = client.post(address(type(row), "change", row.pk), sent_from(page, **changes))
    row.refresh_from_db()
    return answer


def errors_of(page):
    shown = {name: list(errors) for name, errors in page.context["adminform"].form.errors.items()}
    for group in page.context["inline_admin_formsets"]:
        formset = group.formset
        if formset.non_form_errors():
            shown[formset.prefix] = list(formset.non_form_errors())
        for form in formset.forms:
            for name, errors in form.errors.items():
                shown[f"{form.prefix}-{name}"] = list(errors)
    return shown


def messages_of(page):
    return [str(message) for message in page.context["messages"]]
