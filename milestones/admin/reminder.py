"""The reminders that were sent, and what the mail server answered."""

from django.contrib import admin

from milestones.models import Reminder
from ogp_tracker.common.admin.base import TrackerAdmin
from ogp_tracker.common.admin.forms import ReadOnly


@admin.register(Reminder)
class ReminderAdmin(ReadOnly, TrackerAdmin):
    list_display = ("address", "kind", "subject", "state", "claimed_at", "answer")
    list_filter = ("state", "kind")
    list_of_all_related = ("account", "institution")
    search_fields = ("address", "subject", "mail")
    date_hierarchy = "claimed_at"
    fields = (
        "address",
        ("account", "institution"),
        ("kind", "subject"),
        ("state", "answer"),
        ("claimed_at", "settled_at"),
        "mail",
    )
