"""Addresses of what other sites show, below the page of the thing that it speaks of."""

from django.urls import path

from ogp_tracker.sharing import views

urlpatterns = [
    path("commitments/<slug:slug>/card.svg", views.card, name="commitment_card"),
    path("commitments/<slug:slug>/embed/", views.embed, name="commitment_embed"),
    path("commitments/<slug:slug>/preview.png", views.preview, name="commitment_preview"),
    path(
        "commitments/<slug:slug>/about.jsonld",
        views.commitment_described,
        name="commitment_described",
    ),
    path("data/about.jsonld", views.data_described, name="data_described"),
]
