"""People with a browser and a mailbox of their own, who do what officers do, each in one way.

    ailsa = people(account)
    ailsa.opens("/admin/")                 # by keyboard or without script she signs in first
    ailsa.fills("What was done", "Enough.")
    ailsa.presses("Continue to preview")   # a link or button; it leads to another page
    rhona.follows("waits for you")         # the link in her newest email

Whatever page they come to answers without an error and fits the width of the screen.
"""

import re
from enum import StrEnum

import pytest
from playwright.sync_api import expect

from tests.browser.looking import HEIGHT, NARROW, WIDE
from tests.signing_in import (
    PASSWORD,
    AuthenticatorFactory,
    code_of_the_app,
    sign_in_browser,
    with_password,
)

MOST_KEYS = 200
IS_FOCUSED = "element => element === document.activeElement"
IN_ITS_GROUP = "element => element.name === document.activeElement.name"
SCROLLS = "() => document.documentElement.scrollWidth > document.documentElement.clientWidth"


class Way(StrEnum):
    WIDE = "wide"
    NARROW = "narrow"
    KEYBOARD = "keyboard alone"
    NO_SCRIPT = "no script"


def in_ways(*ways):
    return pytest.mark.parametrize("way", ways, ids=str)


class People:
    def __init__(self, browser, live_server, mail_server, way):
        self.browser, self.live_server, self.way = browser, live_server, way
        self.mail_server, self.seen = mail_server, 0
        self.contexts, self.complaints = [], []

    def __call__(self, account=None, email=None):
        """Return a person; without an account or address, a reader."""
        if account is not None:
            AuthenticatorFactory(user=with_password(account))
        context = self.browser.new_context(
            base_url=self.live_server.url,
            java_script_enabled=self.way != Way.NO_SCRIPT,
            viewport={"width": NARROW if self.way == Way.NARROW else WIDE, "height": HEIGHT},
            locale="en-GB",
        )
        self.contexts.append(context)
        if account is not None and self.way in {Way.WIDE, Way.NARROW}:
            sign_in_browser(context, self.live_server, account)
        page = context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))
        return Person(page, email or (account.email if account else ""), self)

    def sent(self):
        """Return who has got emails since it was last asked, and what these are about."""
        received = [
            (address, re.sub(r"^Open Government Tracker: | \(.*\)$", "", mail["subject"]))
            for address, mail in self.mail_server.received[self.seen :]
        ]
        self.seen = len(self.mail_server.received)
        return sorted(received)

    def go_home(self):
        for context in self.contexts:
            context.close()
        assert self.complaints == []


class Person:
    def __init__(self, page, email, people):
        self.page, self.email, self.people = page, email, people
        self.by_keyboard = people.way == Way.KEYBOARD

    # Where they go

    def accepts(self):
        """Follow the link of the invitation, choose a password and set up an app for codes."""
        self.follows("account", "page helps you to set up two-step verification")
        self.fills("New password", PASSWORD)
        self.fills("New password again", PASSWORD)
        self.presses("Use this password")
        self.presses("Set up an app")
        secret = self.page.locator(".secret code").inner_text().replace(" ", "")
        self.fills("Code that the app shows now", code_of_the_app(secret))
        self.presses("Finish")
        self.presses("I have saved them: continue")

    def opens(self, address):
        self._looks_at(self.page.goto(address))
        if self.email and "/accounts/login/" in self.page.url:
            self.signs_in()

    def signs_in(self):
        self.fills("User name or email address", self.email)
        self.fills("Password", PASSWORD)
        self.presses("Sign in")
        self.fills("Code", code_of_the_app())
        self.presses("Sign in")

    def follows(self, subject, *words):
        """Open the link in their newest email about this, which has these words."""
        mails = self.people.mail_server.mails_to(self.email)
        mail = [mail for mail in mails if subject in mail["subject"]][-1]
        text = mail.get_content().replace("\r\n", "\n")
        assert text.startswith("Dear ")
        assert [one for one in words if one not in text] == [], text
        self.opens(re.search(rf"^{self.people.live_server.url}/\S+$", text, re.MULTILINE)[0])

    def presses(self, name, within=None):
        """Press the link or button of this name; what is only heard may follow a colon."""
        named = re.compile(rf"^\s*{re.escape(name)}\s*(:.*)?$", re.DOTALL)
        scope = within or self.page
        target = scope.get_by_role("button", name=named).or_(scope.get_by_role("link", name=named))
        if self.by_keyboard:
            self._reaches(target)
        with self.page.expect_navigation() as answer:
            self.page.keyboard.press("Enter") if self.by_keyboard else target.click()
        self._looks_at(answer.value)

    # What they write

    def fills(self, label, text):
        field = self.page.get_by_label(label, exact=True).filter(visible=True).first
        if self.by_keyboard:
            self._reaches(field)
            self.page.keyboard.press("Control+A")
            self.page.keyboard.insert_text(text)
        else:
            field.fill(text)

    def ticks(self, label):
        """Tick a box, or choose one of several."""
        box = self.page.get_by_label(label)
        if not self.by_keyboard:
            box.check()
        elif not box.is_checked():
            self._reaches(box)
            self.page.keyboard.press("Space")
        expect(box).to_be_checked()

    def gives(self, role, institution):
        """Fill in the first role of an account."""
        self.page.locator("#id_memberships-0-role").select_option(role)
        self.page.locator("#id_memberships-0-institution").select_option(institution)

    # What they see

    def sees_no(self, words):
        expect(self.page.locator("body")).not_to_contain_text(words)

    def sees(self, *words, within=None):
        for one in words:
            expect(within or self.page.locator("body")).to_contain_text(one)

    def section(self, heading):
        return self.page.locator("section").filter(
            has=self.page.get_by_role("heading", name=heading)
        )

    # How

    def _reaches(self, target):
        """Press Tab until it has the focus; within a group of choices the arrow key leads on."""
        expect(target).to_be_visible()
        element = target.element_handle()
        is_choice = element.get_attribute("type") == "radio"
        for _ in range(MOST_KEYS):
            if element.evaluate(IS_FOCUSED):
                return
            is_near = is_choice and element.evaluate(IN_ITS_GROUP)
            self.page.keyboard.press("ArrowDown" if is_near else "Tab")
        raise AssertionError(f"{target} cannot be reached from the keyboard on {self.page.url}")

    def _looks_at(self, answer):
        self.page.wait_for_load_state()
        assert answer is None or answer.status < 400, f"{self.page.url}: {answer.status}"
        assert not self.page.evaluate(SCROLLS), f"{self.page.url} scrolls sideways"
