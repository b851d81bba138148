"""Two officers have the same page open: the second to save is told, and nothing is lost."""

import re
from urllib.parse import parse_qs

import pytest
from django.contrib import admin
from django.forms import DateField, IntegerField, SlugField, Textarea, TextInput
from django.test import Client, RequestFactory

from commitments.models import Commitment, Institution
from milestones import services
from milestones.amendment_rules import AmendmentContent
from milestones.models import ProgressUpdate
from ogp_tracker.common.admin.access import MOST_ROWS
from ogp_tracker.common.admin.edit_conflicts import Locking
from ogp_tracker.common.admin.forms import ReadOnly
from ogp_tracker.mistakes.models import Mistake
from tests.admin_pages import address, errors_of, messages_of, row_of, save, sent_from
from tests.factories import (
    AccountFactory,
    CommitmentFactory,
    FindingFactory,
    InstitutionFactory,
    InvolvementFactory,
    MembershipFactory,
    MilestoneFactory,
    OGPValueFactory,
    PolicyAreaFactory,
    ReplyFactory,
    administrator,
    contact_for,
    lead_of,
    make_update,
    move_due_date,
    nation,
    officer_of,
    publish_reply,
    researcher,
)
from tests.milestones.test_concurrency import at_once
from tests.pages import queries_in
from tests.signing_in import sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("one_minute")]

VERSION = "shown_version"
KEEP = "keep_stored"


@pytest.fixture
def commitment():
    return CommitmentFactory(draft=True, title="Open the books", problem="They are closed.")


@pytest.fixture
def ann(commitment):
    return sign_in(Client(), contact_for(commitment, first_name="Ann", last_name="Archer"))


@pytest.fixture
def bob(commitment):
    return sign_in(Client(), contact_for(commitment, first_name="Bob", last_name="Baker"))


def opened(client, row):
    return client.get(address(type(row), "change", row.pk))


@pytest.fixture
def page(ann, commitment):
    """What Ann has open while Bob changes something."""
    return opened(ann, commitment)


@pytest.fixture
def his(bob, commitment):
    return opened(bob, commitment)


def sent_back(client, row, page, **changes):
    answer = client.post(address(type(row), "change", row.pk), sent_from(page, **changes))
    row.refresh_from_db()
    return answer


def told(page):
    assert page.status_code == 200
    top = page.context["adminform"].form.non_field_errors()
    return " ".join([*messages_of(page), *top])


def beside(page, field):
    return " ".join(errors_of(page).get(field, []))


# The words of one row


def test_second_officer_is_told_by_whom_and_keeps_what_she_typed(ann, bob, commitment, page):
    save(bob, commitment, title="Open all books")

    refused = sent_back(ann, commitment, page, title="Open the good books", objective="Hers.")

    assert commitment.title == "Open all books"
    assert commitment.objective == ""
    assert "Not saved: Bob Baker changed this commitment on " in told(refused)
    # One thing to put right, beside its field.
    assert [name for name, errors in errors_of(refused).items() if errors] == ["title"]
    assert "Open all books" in beside(refused, "title")
    sent = sent_from(refused)
    assert sent["title"] == ["Open the good books"]
    assert sent["objective"] == ["Hers."]
    assert beside(refused, "objective") == ""


def test_what_she_did_not_touch_stays_as_it_is_stored(ann, bob, commitment, page):
    save(bob, commitment, problem="Nobody can read them.")

    refused = sent_back(ann, commitment, page, title="Open the good books")
    assert "You did not change this." in beside(refused, "problem")
    assert re.search("<del>.*They.*</del>.*<ins>.*Nobody.*</ins>", beside(refused, "problem"))
    assert sent_from(refused)["problem"] == ["They are closed."]
    assert sent_from(refused)[KEEP] == ["problem"]
    sent_back(ann, commitment, refused)

    assert commitment.problem == "Nobody can read them."
    assert commitment.title == "Open the good books"


def test_she_puts_the_older_words_back_if_she_says_so(ann, bob, commitment, page):
    save(bob, commitment, problem="Nobody can read them.")

    refused = sent_back(ann, commitment, page, title="Open the good books")
    sent_back(ann, commitment, refused, **{KEEP: None})

    assert commitment.problem == "They are closed."


def test_she_takes_the_stored_version_of_what_she_had_typed_herself(ann, bob, commitment, page):
    save(bob, commitment, title="Open all books")

    refused = sent_back(ann, commitment, page, title="Open the good books", objective="Hers.")
    assert KEEP not in sent_from(refused)
    sent_back(ann, commitment, refused, **{KEEP: ["title"]})

    assert (commitment.title, commitment.objective) == ("Open all books", "Hers.")


def test_third_officer_in_between_is_noticed_too(ann, bob, commitment, page):
    save(bob, commitment, title="Open all books")
    refused = sent_back(ann, commitment, page, title="Open the good books")
    save(bob, commitment, title="Open every book")

    again = sent_back(ann, commitment, refused)

    assert commitment.title == "Open every book"
    assert "Open every book" in beside(again, "title")


def test_error_of_her_own_stands_beside_the_stored_words_and_costs_nothing(
    ann, bob, commitment, page
):
    save(bob, commitment, title="Open all books")

    refused = sent_back(ann, commitment, page, title="", objective="Hers.")

    assert "Enter the title." in beside(refused, "title")
    assert "Open all books" in beside(refused, "title")
    assert sent_from(refused)["objective"] == ["Hers."]


def changes_of_every_kind():
    plan = CommitmentFactory().plan
    return [
        ("label", "1.10", "1.10"),
        ("continues", [CommitmentFactory(ogp_id="UK0001").slug], "UK0001"),
        ("start_date", "2026-03-01", "1 March 2026"),
        ("nations", [str(nation("sct").pk)], "Scotland"),
        ("policy_areas", [str(PolicyAreaFactory(name="Aid").pk)], "Aid"),
        ("editorial_note", "One line\r\nand <b>more</b>.", "and &lt;b&gt;more&lt;/b&gt;."),
        ("plan", str(plan.pk), str(plan)),
    ]


@pytest.mark.parametrize("number", range(7))
def test_whatever_kind_the_field_is_of_she_reads_it_in_words_and_can_keep_it(number, commitment):
    name, value, words = changes_of_every_kind()[number]
    ann, bob = (sign_in(Client(), contact_for(commitment)) for _ in "12")
    for client in (ann, bob):
        # Both also look after the other plan.
        MembershipFactory(
            account_id=int(client.session["_auth_user_id"]),
            role="point_of_contact",
            institution__nation=nation("eng"),
        )
    page = opened(ann, commitment)
    assert save(bob, commitment, **{name: value}).status_code == 302

    refused = sent_back(ann, commitment, page, title="Hers")
    assert words in beside(refused, name)
    assert sent_back(ann, commitment, refused).status_code == 302

    assert commitment.title == "Hers"
    stored = opened(ann, commitment).context["adminform"].form[name].value()
    shown = [str(one) for one in stored] if isinstance(value, list) else str(stored)
    assert shown == value


def test_box_that_a_colleague_ticked_is_kept_and_what_he_emptied_is_called_nothing(bob, commitment):
    commitment.tracker_note = "A note."
    commitment.save()
    commitment.involvements.all().delete()
    commitment.lead_unknown = False
    commitment.save()
    ann = sign_in(Client(), contact_for(commitment))
    page = opened(ann, commitment)
    save(bob, commitment, lead_unknown="on", tracker_note="")

    refused = sent_back(ann, commitment, page, title="Hers")
    assert "Yes" in beside(refused, "lead_unknown")
    assert "Stored now: nothing." in beside(refused, "tracker_note")
    sent_back(ann, commitment, refused)

    assert (commitment.lead_unknown, commitment.tracker_note) == (True, "")


def test_line_breaks_of_a_browser_are_no_change(ann, bob, commitment):
    Commitment.objects.filter(pk=commitment.pk).update(problem="One\ntwo")
    page = opened(ann, commitment)
    save(bob, commitment, problem="One\r\ntwo")

    assert sent_back(ann, commitment, page, title="Hers").status_code == 302


def test_the_same_form_sent_twice_is_saved_once_and_not_refused(ann, commitment, page):
    first, second = (sent_back(ann, commitment, page, title="Hers") for _ in "12")

    assert (first.status_code, second.status_code) == (302, 302)
    assert commitment.history.filter(title="Hers").count() == 1


def test_officer_with_two_windows_reads_that_it_was_she_herself(ann, commitment, page):
    save(ann, commitment, title="In the other window")

    refused = sent_back(ann, commitment, page, title="In this one")

    assert "you changed this commitment yourself on " in told(refused)


def test_change_that_nobody_is_known_for_is_noticed(ann, commitment, page):
    commitment.history.all().delete()
    Commitment.objects.filter(pk=commitment.pk).update(title="By a command")

    refused = sent_back(ann, commitment, page, title="Hers")

    assert "this commitment has been changed since you opened it." in told(refused)


@pytest.mark.parametrize("forged", [None, "", "nonsense", "title=0000&&%00=%%", "=" * 5000])
def test_page_without_its_true_fingerprint_is_refused_in_the_same_way(
    ann, commitment, forged, page
):
    refused = sent_back(ann, commitment, page, title="Hers", **{VERSION: forged})
    assert "Not saved" in told(refused)
    assert commitment.title == "Open the books"
    assert "Open the books" in beside(refused, "title")
    sent_back(ann, commitment, refused)

    assert commitment.title == "Hers"


def test_saving_as_a_new_row_is_no_way_round(ann, commitment):
    sent = sent_from(opened(ann, commitment), _saveasnew="1", slug="another", ogp_id="")

    answer = ann.post(address(Commitment, "change", commitment.pk), sent)

    assert answer.status_code == 403
    assert Commitment.objects.count() == 1


# Rows below it


def with_new_row(page, commitment, institution, role="partner"):
    number = int(sent_from(page)["involvements-TOTAL_FORMS"][0])
    return {
        "involvements-TOTAL_FORMS": str(number + 1),
        f"involvements-{number}-commitment": str(commitment.pk),
        f"involvements-{number}-institution": str(institution.pk),
        f"involvements-{number}-role": role,
    }


def roles(commitment):
    rows = commitment.involvements.select_related("institution")
    return {row.institution.name: row.role for row in rows}


@pytest.fixture
def partner(commitment):
    return InvolvementFactory(commitment=commitment, institution__name="Office for Books")


def test_row_that_a_colleague_added_comes_in_and_stays(ann, bob, commitment, page):
    added = InstitutionFactory(name="Newcomer")
    his = opened(bob, commitment)
    sent_back(bob, commitment, his, **with_new_row(his, commitment, added))

    refused = sent_back(ann, commitment, page, title="Hers")
    assert beside(refused, "involvements") == (
        "“Newcomer, Partner” has been added meanwhile and is below."
    )
    assert commitment.title == "Open the books"
    sent_back(ann, commitment, refused)

    assert commitment.title == "Hers"
    assert roles(commitment)["Newcomer"] == "partner"


def test_row_that_a_colleague_took_out_stays_out(ann, bob, commitment, partner, page, his):
    sent_back(bob, commitment, his, **{f"{row_of(his, partner)}-DELETE": "on"})

    refused = sent_back(ann, commitment, page, title="Hers")
    assert beside(refused, "involvements") == (
        "“Office for Books, Partner” has been removed in the meantime."
    )
    assert sent_back(ann, commitment, refused).status_code == 302

    assert "Office for Books" not in roles(commitment)


def test_row_that_a_colleague_took_out_while_she_changed_it_stands_as_a_new_one(
    ann, bob, commitment, partner, page, his
):
    sent_back(bob, commitment, his, **{f"{row_of(his, partner)}-DELETE": "on"})

    hers = {f"{row_of(page, partner)}-role": "support_government"}
    refused = sent_back(ann, commitment, page, **hers)
    assert "so it is below as a new row" in beside(refused, "involvements")
    assert "Office for Books" not in roles(commitment)
    sent_back(ann, commitment, refused)

    assert roles(commitment)["Office for Books"] == "support_government"


def test_row_that_both_took_out_is_not_spoken_of(ann, bob, commitment, partner, page, his):
    sent_back(bob, commitment, his, **{f"{row_of(his, partner)}-DELETE": "on"})

    saved = sent_back(ann, commitment, page, **{f"{row_of(page, partner)}-DELETE": "on"})

    assert saved.status_code == 302
    assert "Office for Books" not in roles(commitment)


def test_row_that_a_colleague_changed_shows_what_is_stored_and_keeps_it(
    ann, bob, commitment, partner, page, his
):
    sent_back(bob, commitment, his, **{f"{row_of(his, partner)}-role": "support_others"})

    refused = sent_back(ann, commitment, page, title="Hers")
    shown = f"{row_of(refused, partner)}-role"
    assert "Support: civil society and others" in beside(refused, shown)
    assert sent_from(refused)[KEEP] == [shown]
    sent_back(ann, commitment, refused)

    assert (commitment.title, roles(commitment)["Office for Books"]) == ("Hers", "support_others")


def test_rows_of_both_are_kept_when_both_add_one(ann, bob, commitment, partner, page):
    hers, his = (InstitutionFactory(name=name) for name in ("Her choice", "His choice"))
    quicker = opened(bob, commitment)
    sent_back(bob, commitment, quicker, **with_new_row(quicker, commitment, his))

    refused = sent_back(ann, commitment, page, **with_new_row(page, commitment, hers))
    sent_back(ann, commitment, refused)

    assert {"Her choice", "His choice", "Office for Books"} <= set(roles(commitment))


def test_rows_are_called_by_their_own_names_when_a_colleague_changed_their_order(
    ann, bob, commitment, partner
):
    other = InvolvementFactory(
        commitment=commitment, institution__name="Pages", role="support_others"
    )
    page = opened(ann, commitment)
    his = opened(bob, commitment)
    swapped = {
        f"{row_of(his, partner)}-role": "support_others",
        f"{row_of(his, other)}-role": "partner",
    }
    sent_back(bob, commitment, his, **swapped)

    refused = sent_back(ann, commitment, page, title="Hers")

    (rows, _milestones) = refused.context["inline_admin_formsets"]
    named = {row.original.pk: row.form.instance.pk for row in rows if row.original}
    assert len(named) == 3
    assert all(shown == own for shown, own in named.items())


@pytest.mark.parametrize("total", ["x", "-1", "99999999999999999999", "²"])
def test_nonsense_about_the_rows_is_refused_and_no_error(ann, commitment, partner, total, page):
    refused = sent_back(ann, commitment, page, **{"involvements-TOTAL_FORMS": total})

    assert refused.status_code == 200
    assert "Office for Books" in roles(commitment)
    # Who claims to send more rows than anybody types does not keep the server busy with them.
    assert len(refused.context["inline_admin_formsets"][0].formset.forms) <= MOST_ROWS


def test_draft_whose_evidence_was_written_anew_shows_each_piece_once():
    draft = make_update(level="completed", publish=False)
    author = sign_in(Client(), draft.recorded_by)
    first = opened(author, draft)
    sent_back(author, draft, first, narrative="In the other window.")

    refused = sent_back(author, draft, first, narrative="In this window.")
    assert draft.narrative == "In the other window."
    assert beside(refused, "evidence") == ""
    sent_back(author, draft, refused)

    assert draft.narrative == "In this window."
    assert draft.evidence.count() == 1


def test_draft_that_was_submitted_in_another_window_is_not_taken_back_unawares():
    draft = make_update(publish=False)
    author = sign_in(Client(), draft.recorded_by)
    page = opened(author, draft)
    services.submit_update(draft, by=draft.recorded_by)

    refused = sent_back(author, draft, page)

    assert "State is now: Submitted" in told(refused)
    assert draft.state == "submitted"


def test_report_that_is_sent_off_twice_in_the_same_words_is_sent_once():
    draft = make_update(publish=False)
    author = sign_in(Client(), draft.recorded_by)
    page = opened(author, draft)

    sent_back(author, draft, page, _preview="1", narrative="More.")
    services.submit_update(draft, by=draft.recorded_by)
    again = sent_back(author, draft, page, _preview="1", narrative="More.")

    assert again.url == address(ProgressUpdate, "done", draft.pk)
    assert draft.state == "submitted"
    assert draft.steps.filter(kind="submitted").count() == 1


def test_new_report_that_is_sent_twice_is_one_draft_with_each_piece_of_evidence_once():
    milestone = MilestoneFactory()
    author = sign_in(Client(), officer_of(lead_of(milestone.commitment)))
    new = f"{address(ProgressUpdate, 'add')}?milestone={milestone.pk}"
    piece = {"evidence-0-title": "The law", "evidence-0-url": "https://www.gov.uk/law"}
    sent = sent_from(author.get(new), narrative="Begun.", **piece)

    answers = [author.post(new, sent) for _ in "12"]

    assert [answer.status_code for answer in answers] == [302, 302]
    draft = ProgressUpdate.objects.get()
    assert draft.evidence.get().title == "The law"


def test_older_page_of_a_new_report_does_not_take_back_what_was_written_since():
    milestone = MilestoneFactory()
    author = sign_in(Client(), officer_of(lead_of(milestone.commitment)))
    new = f"{address(ProgressUpdate, 'add')}?milestone={milestone.pk}"
    sent = sent_from(author.get(new), narrative="Begun.", obstacles="No room.")
    author.post(new, sent)
    draft = ProgressUpdate.objects.get()
    save(author, draft, narrative="Begun, and half done.")

    refused = author.post(new, sent | {"obstacles": "No money."})
    draft.refresh_from_db()
    assert draft.narrative == "Begun, and half done."
    assert "and half done" in beside(refused, "narrative")
    assert f'action="{address(ProgressUpdate, "change", draft.pk)}"' in refused.text
    sent_back(author, draft, refused, **{KEEP: ["narrative"]})

    assert (draft.narrative, draft.obstacles) == ("Begun, and half done.", "No money.")


# Rows that are gone or closed


def test_row_that_was_deleted_gives_back_what_was_typed(ann, bob, commitment, page):
    bob.post(address(Commitment, "delete", commitment.pk), {"post": "yes"})

    answer = ann.post(
        address(Commitment, "change", commitment.pk),
        sent_from(page, title="Hers", objective="A long <i>text</i>"),
    )

    assert answer.status_code == 404
    assert "Bob Baker deleted this commitment on " in answer.context["why"]
    assert ("Title", "Hers") in answer.context["typed"]
    assert "A long &lt;i&gt;text&lt;/i&gt;" in answer.text
    assert VERSION not in answer.text


def test_row_that_was_published_meanwhile_gives_back_what_was_typed():
    reply = ReplyFactory(draft=True)
    officer = sign_in(Client(), reply.recorded_by)
    page = opened(officer, reply)
    publish_reply(reply)

    answer = sent_back(officer, reply, page, text="Better words.")

    assert answer.status_code == 403
    assert answer.context["typed"] == [("Reply", "Better words.")]
    assert reply.text != "Better words."


def test_colleague_who_sees_nothing_of_a_row_learns_nothing_of_it(commitment):
    stranger = sign_in(Client(), contact_for(CommitmentFactory()))
    sent = {VERSION: "", "title": "Mine"}

    hidden = stranger.post(address(Commitment, "change", commitment.pk), sent)
    never = stranger.post(address(Commitment, "change", 987654), sent)

    assert hidden.status_code == never.status_code == 404
    assert hidden.context["why"] == never.context["why"]
    assert "Open the books" not in hidden.text


def test_newer_version_than_was_shown_is_not_deleted(ann, bob, commitment):
    page = ann.get(address(Commitment, "delete", commitment.pk))
    save(bob, commitment, objective="What he has just written.")

    answer = ann.post(address(Commitment, "delete", commitment.pk), sent_from(page))
    assert messages_of(answer) == [
        "Not deleted: it has been changed since you opened this page. Look at it once more."
    ]
    assert Commitment.objects.filter(pk=commitment.pk).exists()
    ann.post(address(Commitment, "delete", commitment.pk), sent_from(answer))

    assert not Commitment.objects.filter(pk=commitment.pk).exists()


def test_rows_that_have_come_below_it_are_not_deleted_unseen(ann, commitment):
    page = ann.get(address(Commitment, "delete", commitment.pk))
    InvolvementFactory(commitment=commitment)

    ann.post(address(Commitment, "delete", commitment.pk), sent_from(page))

    assert Commitment.objects.filter(pk=commitment.pk).exists()


# All sections


def a_row_of_everything():
    commitment = CommitmentFactory()
    commitment.policy_areas.add(PolicyAreaFactory())
    commitment.values_claimed.add(OGPValueFactory())
    milestone = MilestoneFactory(commitment=commitment)
    contact = contact_for(commitment)
    move_due_date(milestone, to=commitment.plan.end_date, reason="Later.")
    services.save_amendment(
        milestone,
        AmendmentContent("withdrawn", reason="Dropped."),
        institution=lead_of(commitment),
        by=contact,
    )
    make_update(milestone, "completed")
    draft = make_update(milestone, "limited", publish=False)
    finding = FindingFactory(milestone=milestone, assessment__commitment=commitment)
    ReplyFactory(assessment=finding.assessment, finding=finding)
    reply = ReplyFactory(assessment=finding.assessment, draft=True)
    Mistake.objects.create(text="The date is wrong.", digest="1")
    lead = officer_of(lead_of(commitment), "lead")
    return [draft.recorded_by, reply.recorded_by, lead, contact, researcher(), administrator()]


def who_may_change(model, accounts):
    section = admin.site.get_model_admin(model)
    for account in accounts:
        request = RequestFactory().get("/")
        request.user = account
        for row in section.get_queryset(request):
            if section.has_change_permission(request, row):
                return account, row
    return None


@pytest.mark.slow
def test_no_section_s_form_is_saved_over_a_newer_version():
    accounts = a_row_of_everything()
    for model, section in admin.site._registry.items():
        assert not section.list_editable, model
        if isinstance(section, ReadOnly):
            continue
        found = who_may_change(model, accounts)
        assert found, f"nobody may change any {model.__name__}: add a row or an account above"
        account, row = found
        client = sign_in(Client(), account)
        page = opened(client, row)
        shown = parse_qs(sent_from(page)[VERSION][0])
        old = "&".join(f"{key}=0" for key in shown)
        for changes in ({VERSION: None}, {VERSION: old, **another_answer(page)}):
            refused = sent_back(client, row, page, **changes)

            assert "Not saved: " in told(refused), (model, changes)


def another_answer(page):
    form = page.context["adminform"].form
    for name, field in form.fields.items():
        words = isinstance(field.widget, (Textarea, TextInput))
        if words and not isinstance(field, (DateField, IntegerField, SlugField)):
            return {name: f"{form[name].value() or ''} and more"}
    return {"role": "administrator", "institution": "", "plan": ""}


def test_no_secret_goes_into_a_fingerprint():
    boss = administrator()
    client = sign_in(Client(), boss)

    shown = parse_qs(sent_from(opened(client, AccountFactory()))[VERSION][0])

    assert "email" in shown
    assert "password" not in shown


def test_mailbox_of_an_institution_is_in_the_fingerprint_of_those_who_see_it_only():
    institution = InstitutionFactory(team_mailbox="team@example.org")
    client = sign_in(Client(), administrator())

    assert "team_mailbox" in parse_qs(sent_from(opened(client, institution))[VERSION][0])
    assert (
        VERSION
        not in sign_in(Client(), researcher())
        .get(address(Institution, "change", institution.pk))
        .text
    )


# The number of queries, and two at the very same moment


def growth(commitment, ask):
    InvolvementFactory(commitment=commitment)
    ask()
    few = queries_in(ask)
    InvolvementFactory.create_batch(5, commitment=commitment)
    return queries_in(ask) - few


def refused_with_all_rows_changed(client, commitment):
    page = opened(client, commitment)
    changed = {"partner": "support_others", "support_others": "partner"}
    for before in ("partner", "support_others"):
        rows = commitment.involvements.filter(role=before)
        if rows.exists():
            rows.update(role=changed[before])
            break
    assert "Not saved" in told(sent_back(client, commitment, page, title=""))


def test_queries_grow_no_faster_with_the_rows_below_than_without_the_comparison(
    ann, commitment, monkeypatch
):
    def refused():
        return sent_back(ann, commitment, opened(ann, commitment), title="")

    with monkeypatch.context() as patch:
        for name in ("changeform_view", "render_change_form"):
            patch.setattr(Locking, name, getattr(admin.ModelAdmin, name))
        without = growth(commitment, refused)
    commitment.involvements.exclude(role="lead").delete()
    assert growth(commitment, refused) == without
    commitment.involvements.exclude(role="lead").delete()
    assert growth(commitment, lambda: refused_with_all_rows_changed(ann, commitment)) <= without


@pytest.mark.django_db(transaction=True)
def test_of_two_who_save_at_the_same_moment_one_wins_and_the_other_is_told(commitment, ann, bob):
    pages = {client: opened(client, commitment) for client in (ann, bob)}
    titles = {ann: "Hers", bob: "His"}

    def saving(client):
        sent = sent_from(pages[client], title=titles[client])
        return lambda: client.post(address(Commitment, "change", commitment.pk), sent)

    answers = dict(zip((ann, bob), at_once(saving(ann), saving(bob)), strict=True))

    (winner,) = [client for client, answer in answers.items() if answer.status_code == 302]
    (loser,) = {ann, bob} - {winner}
    commitment.refresh_from_db()
    assert commitment.title == titles[winner]
    assert titles[winner] in beside(answers[loser], "title")
    assert sent_from(answers[loser])["title"] == [titles[loser]]


@pytest.mark.django_db(transaction=True)
def test_saving_and_publishing_a_draft_at_the_same_moment_never_lock_each_other_out():
    for _ in range(4):
        draft = make_update(publish=False)
        author = sign_in(Client(), draft.recorded_by)
        lead = officer_of(draft.institution, "lead")
        sent = sent_from(opened(author, draft), narrative="Newer words.")
        services.submit_update(draft, by=draft.recorded_by)

        answer, published = at_once(
            lambda: author.post(address(ProgressUpdate, "change", draft.pk), sent),  # noqa: B023
            lambda: services.publish_update(draft, by=lead),  # noqa: B023
        )

        # Submitted since she opened it, or already published: either way she is told.
        assert answer.status_code in {200, 403}
        assert published.is_published
        assert published.narrative != "Newer words."
