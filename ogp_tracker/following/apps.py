from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FollowingConfig(AppConfig):
    name = "ogp_tracker.following"
    verbose_name = _("Following")
