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

WAITS = "this progress update waits for you"
PUBLISHED = "your progress update is published"
AGREE = "this progress update waits for your agreement"
DONE = "The register is open to everybody, and every record has an address of its own."


@pytest.fixture
def story(transactional_db):
    return Story()


@pytest.fixture
def people(browser, live_server, settings, served, way):
    settings.SITE_URL = live_server.url
    with served() as mail_server:
        everybody = People(browser, live_server, mail_server, way)
        yield everybody
        everybody.go_home()


# By keyboard and without script the screen is wide.
@in_ways(Way.NARROW, Way.KEYBOARD, Way.NO_SCRIPT)
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
    assert people.sent() == [("cerys@example.org", AGREE)]

    cerys.follows(AGREE, "The register is open.")
    cerys.fills("What has to change", "Say for whom it is open.")
    cerys.presses("Return with a comment")
    cerys.sees("Returned to its author", "Ailsa Example can change it and send it again.")
    assert people.sent() == [("ailsa@example.org", "your progress update was returned to you")]

    ailsa.follows("your progress update was returned to you", "Say for whom it is open.")
    ailsa.sees("Say for whom it is open.")
    ailsa.fills("What was done", DONE)
    ailsa.presses("Continue to preview")
    ailsa.presses("Submit for sign-off")
    assert people.sent() == [("cerys@example.org", AGREE)]
    cerys.follows(AGREE, DONE)
    cerys.presses("Agree")
    cerys.sees("You have agreed for civil society", "Rhona Example")
    assert people.sent() == [("rhona@example.org", WAITS)]

    reader.opens(milestone)
    reader.sees_no(DONE)
    rhona.follows(WAITS, DONE, "Before: Limited")
    rhona.sees("It is for you to sign it off", "What changes, word by word")
    rhona.presses("Sign off and publish")
    rhona.sees("Published", "You have nothing more to do.")
    assert people.sent() == [("ailsa@example.org", PUBLISHED)]

    ailsa.follows(PUBLISHED)
    ailsa.sees(DONE)
    reader.opens(story.commitment.get_absolute_url())
    reader.sees("Completed", within=reader.page.get_by_role("table").first)
    reader.opens("/nations/sct/")
    reader.sees("Completed", within=reader.page.locator(".counts").first)
    reader.opens(milestone)
    reader.sees(DONE)
    expect(reader.page.get_by_role("link", name="The register", exact=True)).to_be_visible()
    assert reader.page.context.cookies() == []


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
    assert people.sent() == [("rhona@example.org", WAITS)]

    rhona.follows(WAITS, DONE)
    rhona.sees("What changes, word by word", "One keeper of records had not answered.")
    rhona.presses("Sign off and publish")
    rhona.sees("You have nothing more to do.")
    assert people.sent() == [("ailsa@example.org", PUBLISHED)]

    ailsa.follows(PUBLISHED)
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
    ailsa.sees("Due in 27 days")
    ailsa.sees_no("days overdue")
    reader.opens("/overdue/")
    reader.sees_no("Milestone 1")


@in_ways(Way.WIDE)
def test_department_with_three_people_is_added_and_publishes(story, people):
    ada = people(administrator(username="ada", first_name="Ada", last_name="Example"))
    ada.opens("/admin/commitments/institution/add/")
    ada.fills("Name", "Example Archive")
    ada.page.get_by_label("Kind").select_option("government_department")
    ada.page.locator("#id_nation").select_option("Scotland")
    ada.presses("Add institution")
    ada.sees("Saved: institution Example Archive.")
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
    cora, rory, lena = newcomers.values()
    assert {address for address, _about in people.sent()} == {
        one.email for one in (cora, rory, lena)
    }

    cora.opens(f"/admin/commitments/commitment/{story.commitment.pk}/change/")
    cora.page.locator("#id_involvements-2-institution").select_option("Example Archive")
    cora.page.locator("#id_involvements-2-role").select_option("partner")
    cora.presses("Save")
    rory.opens("/admin/")
    rory.presses("Report progress", within=rory.section("Overdue"))
    rory.ticks("Limited")
    rory.ticks("Behind schedule")
    rory.fills("What was done", DONE)
    rory.fills("What stands in the way", "The move to the new building.")
    rory.presses("Continue to preview")
    rory.presses("Submit for sign-off")
    rory.sees("Waits for Lena Example at Example Archive to sign it off.")
    assert people.sent() == [("lena@example.org", WAITS)]
    lena.follows(WAITS, DONE)
    lena.presses("Sign off and publish")
    rory.follows(PUBLISHED)
    rory.sees(DONE, "Example Archive")


@in_ways(Way.NARROW)
def test_leaver_is_signed_out_and_a_colleague_goes_on(story, people):
    ada = people(administrator(username="ada", first_name="Ada", last_name="Example"))
    ailsa, rhona = people(story.reporter), people(story.lead)
    ross = people(story.officer("ross", "Ross Example", story.scotland, "lead"))
    story.draft(story.soon, narrative="One course.")
    ailsa.opens("/admin/")

    ada.opens("/admin/auth/user/")
    ada.presses("Ailsa Example")
    ada.presses("This person has left")
    ada.sees("drafts or returned. Rhona Example, Ross Example can go on.")
    ada.presses("Switch the account off")
    ada.sees("Ailsa Example is switched off", "What to do next")
    assert people.sent() == []

    ailsa.page.goto("/admin/")
    ailsa.fills("User name or email address", ailsa.email)
    ailsa.fills("Password", PASSWORD)
    ailsa.presses("Sign in")
    ailsa.sees("This account is not active")

    rhona.opens("/admin/")
    rhona.presses("All 1: Drafts of colleagues")
    rhona.presses("Look at the draft")
    rhona.presses("Look at it or take it over")
    rhona.presses("Take over")
    rhona.sees("You have taken this draft over")
    rhona.presses("Continue to preview")
    rhona.presses("Submit for sign-off")
    rhona.sees("Waits for Ross Example at Example Office for Open Records to sign it off.")
    assert people.sent() == [("ross@example.org", WAITS)]
    ross.follows(WAITS, "One course.")
    ross.presses("Sign off and publish")
    assert people.sent() == [("rhona@example.org", PUBLISHED)]


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
    ailsa.sees("Nobody can sign this off. Ask an administrator to give somebody the role “Lead”")
    assert people.sent() == [("ada@example.org", nobody), ("ailsa@example.org", nobody)]
    ailsa.follows(nobody)
    ailsa.sees("the role “Lead” for Example Office for Open Records.")

    ada.follows(nobody, "Give somebody the role “Lead” for Example Office for Open Records:")
    ada.presses("Rhona Example")
    ada.page.get_by_role("button", name="Add another Role").click()
    ada.gives("Lead", "Example Office for Open Records")
    ada.presses("Save")
    ada.sees("Example Office for Open Records: Lead")
    call_command("send_reminders")

    rhona.follows(WAITS, "One course.")
    rhona.presses("Sign off and publish")
    ailsa.follows(PUBLISHED)
