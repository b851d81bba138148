"""Addresses by which things are followed: feeds and calendars stand below the thing itself."""

from django.urls import path

from ogp_tracker.following import calendars, feeds, views
from ogp_tracker.following.targets import What

PAGES = {
    What.SITE: "",
    What.NATION: "nations/<slug:code>/",
    What.PLAN: "plans/<slug:slug>/",
    What.INSTITUTION: "institutions/<slug:slug>/",
    What.COMMITMENT: "commitments/<slug:slug>/",
    What.MILESTONE: "commitments/<slug:slug>/milestones/<int:number>/",
}

urlpatterns = [
    *(
        path(f"{page}feed/", feeds.feed, {"what": what}, name=f"{what.value}_feed")
        for what, page in PAGES.items()
    ),
    *(
        path(
            f"{page}calendar.ics",
            calendars.calendar,
            {"what": what},
            name=f"{what.value}_calendar",
        )
        for what, page in PAGES.items()
    ),
    path("changes/feed/", feeds.to_feed),
    path("follow/", views.follow, name="follow"),
    path("follow/asked/", views.asked, name="follow_asked"),
    path("follow/confirm/<str:token>/", views.confirm, name="follow_confirm"),
    path("follow/mine/<str:token>/", views.mine, name="follow_mine"),
]
