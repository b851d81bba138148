"""The field of a form in which a file is chosen, which keeps it while the rest is corrected."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib.auth.models import User
from django.core.files.uploadedfile import UploadedFile
from django.forms.renderers import BaseRenderer
from django.forms.utils import flatatt
from django.template.defaultfilters import filesizeformat
from django.template.loader import render_to_string
from django.utils.datastructures import MultiValueDict
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from commitments.rights import rights_of
from milestones.evidence_files.kinds import BY_MEDIA_TYPE, KINDS, in_words
from milestones.evidence_files.stored import StoredFile
from milestones.models import Evidence, EvidenceUpload, ProgressUpdate


@dataclass(frozen=True)
class SentFile:
    """What a form sends of one file: a new one, the id of one that is kept, or that it goes."""

    upload: UploadedFile | None
    kept: str
    without: bool


class EvidenceFileInput(forms.Widget):
    template_name = "admin/milestones/evidence/file_input.html"
    needs_multipart_form = True

    kept: StoredFile | None = None
    kept_uid = ""
    kept_address = ""

    def value_from_datadict(
        self, data: Mapping[str, Any], files: MultiValueDict[str, UploadedFile], name: str
    ) -> SentFile | None:
        sent = SentFile(files.get(name), data.get(f"{name}-kept", ""), f"{name}-without" in data)
        return sent if sent.upload or sent.kept or sent.without else None

    def _render(
        self, template_name: str, context: dict[str, Any], renderer: BaseRenderer | None = None
    ) -> SafeString:
        """Render the project's own template, which Django's renderer of forms does not find."""
        return render_to_string(template_name, context)

    def get_context(self, name: str, value: object, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        kinds = [KINDS[key] for key in settings.EVIDENCE_KINDS]
        kind = BY_MEDIA_TYPE.get(self.kept.media_type) if self.kept else None
        context["widget"] |= {
            "kept": self.kept,
            "kept_uid": self.kept_uid,
            "kept_kind": kind.word if kind else "",
            "kept_address": self.kept_address,
            "flat_attrs": flatatt(context["widget"]["attrs"]),
            "without": isinstance(value, SentFile) and value.without,
            "accept": ",".join(ending for kind in kinds for ending in kind.endings),
        }
        return context


def taken_in_words() -> str:
    return _("%(kinds)s; at most %(size)s.") % {
        "kinds": in_words(settings.EVIDENCE_KINDS),
        "size": filesizeformat(settings.EVIDENCE_MAX_MEGABYTES * 1024**2),
    }


def kept_by(account: User, uid: str) -> EvidenceUpload | Evidence | None:
    """What this account chose, or published evidence that it sees and a correction repeats."""
    try:
        key = UUID(uid)
    except ValueError:
        return None
    if upload := EvidenceUpload.objects.filter(account=account, uid=key).first():
        return upload
    updates = ProgressUpdate.objects.published().seen_by(rights_of(account))
    return Evidence.objects.filter(update__in=updates.values("pk"), uid=key).first()
