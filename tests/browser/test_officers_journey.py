"""What officers do from beginning to end, with the emails that they get from a real mail server.

Run on SQLite with the other journeys, and once more on PostgreSQL (`python -m tests`).
"""

import pytest
from django.core.management import call_command
from playwright.sync_api import expect

from commitments.models import Membership
from tests.browser.people import People, Way, in_ways
from tests.browser.story import Story
from tests.factories import FindingFactory, administrator, civil_society_for
from tests.signing_in import PASSWORD

pytestmark = pytest.mark.browser

DONE = "The register is open to everybody, and every record has an address of its own."


@pytest.fixture
def story(transactional_db):
    return Story()


@pytest.fixture
def people(browser, live_server, settings, served, way):
    settings.SITE_URL = live_server.url
    with served() as mail_server:
        mail_server.seen = 0
        everybody = People(browser, live_server.url, mail_server, way)
        yield everybody
        everybody.go_home()


@in_ways(*Way)
def test_update_is_returned_agreed_to_signed_off_and_read_everywhere(story, people):
    story.plan.needs_civil_society_sign_off = True
    story.plan.save()
    name = {"first_name": "Cerys", "last_name": "Example"}
    cerys = people(civil_society_for(story.commitment, username="cerys", **name))
    ailsa, rhona, reader = people(story.reporter), people(story.lead), people()
    milestone = story.overdue.get_absolute_url()

    ailsa.opens("/admin/")
    overdue = ailsa.section("Overdue")
    ailsa.sees("12 days overdue", within=overdue)
    ailsa.presses("Report progress", within=overdue)
    ailsa.ticks("Completed")
    ailsa.fills("What was done", "The register is open.")
    ailsa.presses("Continue to preview")
    ailsa.sees("There is 1 thing to put right")
    ailsa.fills("Title", "The register")
    ailsa.fills("Address", "https://www.example.org/register")
    ailsa.presses("Continue to preview")
    ailsa.presses("Submit for sign-off")
    ailsa.sees("Sent for sign-off", "First a civil-society lead agrees: Cerys Example.")
    print(people.sent())
    ailsa.page.screenshot(path="/tmp/j1.png")

    cerys.follows("this progress update waits for your agreement", "The register is open.")
    cerys.fills("What has to change", "Say for whom it is open.")
    cerys.presses("Return with a comment")
    cerys.sees("Returned to its author", "Ailsa Example can change it and send it again.")
    print(people.sent())

    ailsa.follows("your progress update was returned to you", "Say for whom it is open.")
    ailsa.sees("Say for whom it is open.")
    ailsa.fills("What was done", DONE)
    ailsa.presses("Continue to preview")
    ailsa.presses("Submit for sign-off")
    print(people.sent())

    cerys.follows("this progress update waits for your agreement", DONE)
    cerys.presses("Agree")
    cerys.sees("You have agreed for civil society", "Rhona Example")
    print(people.sent())

    reader.opens(milestone)
    expect(reader.page.get_by_text(DONE)).to_have_count(0)
    rhona.follows("this progress update waits for you", DONE, "Before: Limited")
    rhona.sees("It is for you to sign it off")
    rhona.presses("Sign off and publish")
    rhona.sees("Published", "You have nothing more to do.")
    print(people.sent())

    ailsa.follows("your progress update is published")
    ailsa.sees(DONE)
    reader.opens(milestone)
    reader.sees(DONE)
    expect(reader.page.get_by_role("link", name="The register", exact=True)).to_be_visible()


@in_ways(Way.NARROW)
def test_published_update_is_corrected_by_a_new_one(story, people):
    ailsa, rhona, reader = people(story.reporter), people(story.lead), people()

    ailsa.opens("/admin/milestones/progressupdate/")
    ailsa.page.get_by_role("row").nth(1).get_by_role("link").first.click()
    ailsa.presses("Correct it")
    ailsa.fills("What was done", DONE)
    ailsa.presses("Continue to preview")
    ailsa.sees("Why it corrects: Say why the earlier update has to be corrected.")
    ailsa.fills("Why it corrects", "One keeper of records had not answered.")
    ailsa.presses("Continue to preview")
    ailsa.presses("Submit for sign-off")
    ailsa.sees("Waits for Rhona Example at Example Office for Open Records to sign it off.")
    assert people.sent() == [("rhona@example.org", "this progress update waits for you")]

    rhona.follows("this progress update waits for you", DONE)
    rhona.sees("What changes, word by word", "One keeper of records had not answered.")
    rhona.presses("Sign off and publish")
    rhona.sees("You have nothing more to do.")
    assert people.sent() == [("ailsa@example.org", "your progress update is published")]

    ailsa.follows("your progress update is published")
    reader.opens(story.overdue.get_absolute_url())
    reader.sees(DONE, "One keeper of records had not answered.", "was agreed with the keepers")


@in_ways(Way.KEYBOARD)
def test_reply_is_returned_signed_off_and_shown_beside_the_finding(story, people):
    FindingFactory(
        assessment__commitment=story.commitment, milestone=story.overdue, found="Little was done."
    )
    ailsa, rhona, reader = people(story.reporter), people(story.lead), people()

    ailsa.opens("/admin/irm/reply/add/")
    ailsa.presses("EX0001, Milestone 1")
    ailsa.sees("Little was done.")
    ailsa.fills("Reply", "Much was done.")
    ailsa.presses("Preview")
    ailsa.presses("Back to the draft")
    ailsa.presses("Submit for sign-off")
    ailsa.sees("Waits for Rhona Example at Example Office for Open Records to sign it off.")
    assert people.sent() == [("rhona@example.org", "this reply waits for you")]

    rhona.follows("this reply waits for you", "Much was done.")
    rhona.fills("What has to change", "Say what.")
    rhona.presses("Return with a comment")
    rhona.sees("Ailsa Example can change it and send it again.")
    assert people.sent() == [("ailsa@example.org", "your reply was returned to you")]

    ailsa.follows("your reply was returned to you", "What has to change:\nSay what.")
    ailsa.sees("Say what.")
    ailsa.fills("Reply", DONE)
    ailsa.presses("Submit for sign-off")
    rhona.follows("this reply waits for you", DONE)
    rhona.presses("Sign off and publish")
    rhona.sees("You have nothing more to do.")
    assert people.sent() == [
        ("ailsa@example.org", "your reply is published"),
        ("rhona@example.org", "this reply waits for you"),
    ]

    ailsa.follows("your reply is published")
    ailsa.sees(DONE)
    reader.opens(story.overdue.get_absolute_url())
    reader.sees("Little was done.", DONE)


@in_ways(Way.NO_SCRIPT)
def test_milestone_is_withdrawn_by_an_amendment(story, people):
    ailsa, rhona, reader = people(story.reporter), people(story.lead), people()

    ailsa.opens(f"/admin/milestones/milestone/{story.overdue.pk}/change/")
    ailsa.presses("Change the plan")
    ailsa.ticks("Withdrawn")
    ailsa.presses("Submit for sign-off")
    ailsa.sees("Reason: Say why the plan changes.")
    ailsa.fills("Reason", "The law has changed.")
    ailsa.presses("Submit for sign-off")
    ailsa.sees("Waits for Rhona Example to sign it off.")
    assert people.sent() == [("rhona@example.org", "this amendment waits for you")]

    rhona.follows("this amendment waits for you", "Reason: The law has changed.")
    rhona.sees("Withdrawn, from")
    rhona.presses("Sign off and publish")
    rhona.sees("You have nothing more to do.")
    assert people.sent() == [("ailsa@example.org", "your amendment is published")]

    ailsa.follows("your amendment is published")
    ailsa.sees("Withdrawn", "The law has changed.")
    ailsa.opens("/admin/")
    ailsa.sees("Nothing is overdue.")
    reader.opens("/overdue/")
    reader.sees_no("Milestone 1")


@in_ways(Way.WIDE)
def test_department_with_three_people_is_added_and_publishes(story, people):
    ada = people(administrator(username="ada", first_name="Ada", last_name="Example"))
    ada.opens("/admin/commitments/institution/add/")
    ada.fills("Name", "Example Archive")
    ada.page.get_by_label("Kind").select_option("devolved_government")
    ada.page.locator("#id_nation").select_option("Scotland")
    ada.presses("Add institution")
    print(ada.page.locator("main").inner_text())
    newcomers = {}
    for first, role in (("Cora", "Point of contact"), ("Rory", "Reporter"), ("Lena", "Lead")):
        ada.opens("/admin/auth/user/add/")
        ada.fills("First name", first)
        ada.fills("Last name", "Example")
        ada.fills("Email address", f"{first.lower()}@example.org")
        ada.gives(role, "Example Archive")
        ada.presses("Send the invitation")
        ada.sees("The invitation was sent")
        newcomers[first] = people(email=f"{first.lower()}@example.org")
        newcomers[first].accepts()
    print(people.sent())
    cora, rory, lena = newcomers.values()

    cora.opens(f"/admin/milestones/milestone/{story.overdue.pk}/change/")
    print(cora.page.locator("main").inner_text())
    cora.page.screenshot(path="/tmp/j5b.png", full_page=True)


@in_ways(Way.NARROW)
def test_leaver_is_signed_out_and_a_colleague_goes_on(story, people):
    ada = people(administrator(username="ada", first_name="Ada", last_name="Example"))
    ailsa, rhona = people(story.reporter), people(story.lead)
    story.officer("ross", "Ross Example", story.scotland, "lead")
    story.draft(story.soon, narrative="One course.")
    ailsa.opens("/admin/")

    ada.opens("/admin/auth/user/")
    ada.presses("Ailsa Example")
    ada.presses("This person has left")
    ada.sees("drafts or returned. Rhona Example, Ross Example can go on.")
    ada.presses("Switch the account off")
    ada.sees("Ailsa Example is switched off", "What to do next")
    print(people.sent())

    ailsa.page.goto("/admin/")
    ailsa.fills("User name or email address", ailsa.email)
    ailsa.fills("Password", PASSWORD)
    ailsa.presses("Sign in")
    print(ailsa.page.url, ailsa.page.locator("main").inner_text())

    rhona.opens("/admin/")
    rhona.presses("All 1: Drafts of colleagues")
    rhona.presses("Look at the draft")
    rhona.presses("Look at it or take it over")
    rhona.presses("Take over")
    print(rhona.page.locator("main").inner_text())
    rhona.presses("Continue to preview")
    rhona.presses("Submit for sign-off")
    print(rhona.page.locator("main").inner_text())
    print(people.sent())


@in_ways(Way.WIDE)
def test_nobody_can_sign_until_an_administrator_gives_somebody_the_role(story, people):
    ada = people(administrator(username="ada", first_name="Ada", last_name="Example"))
    ailsa, rhona = people(story.reporter), people(story.lead)
    Membership.objects.filter(account=story.lead).delete()
    draft = story.draft(story.soon, narrative="One course.")
    nobody = "nobody can sign off this progress update"

    ailsa.opens(f"/admin/milestones/progressupdate/{draft.pk}/change/")
    ailsa.presses("Continue to preview")
    ailsa.presses("Submit for sign-off")
    ailsa.sees("Nobody can sign this off. Ask an administrator to give somebody that role.")
    assert people.sent() == [("ada@example.org", nobody), ("ailsa@example.org", nobody)]
    ailsa.follows(nobody)
    ailsa.sees("Nobody can sign this off.")

    ada.follows(nobody, "Give somebody the role “Lead” for Example Office for Open Records:")
    ada.presses("Rhona Example")
    ada.page.get_by_role("button", name="Add another Role").click()
    ada.gives("Lead", "Example Office for Open Records")
    ada.presses("Save")
    print(ada.page.locator("main").inner_text())
    call_command("send_reminders")
    print(people.sent())

    rhona.follows("this progress update waits for you", "One course.")
    rhona.presses("Sign off and publish")
    print(people.sent())
    ailsa.follows("your progress update is published")
