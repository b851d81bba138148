from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SearchConfig(AppConfig):
    name = "ogp_tracker.search"
    verbose_name = _("Search")

    def ready(self) -> None:
        from ogp_tracker.common import triggers
        from ogp_tracker.search import index

        triggers.register(index.GUARDS)
