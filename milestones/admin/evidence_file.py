"""The field of a form in which a file is chosen, which keeps it while the rest is corrected."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
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
from milestones.evidence_files.store import keep_upload
from milestones.evidence_files.stored import StoredFile
from milestones.models import Evidence, EvidenceUpload, ProgressUpdate


@dataclass(frozen=True)
class SentFile:
    """What a form sends of one file: a new one, the id of one that is kept, or neither."""

    upload: UploadedFile | None
    kept: str
    without: bool


class EvidenceFileInput(forms.Widget):
    """The choice of a file, with the one that is kept already."""

    template_name = "admin/milestones/evidence/file_input.html"
    needs_multipart_form = True

    kept: StoredFile | None = None
    kept_uid = ""
    kept_address = ""

    def use_required_attribute(self, initial: object) -> bool:
        """A file is never required by itself: there may be an address, or a file that is kept."""
        return False

    def value_from_datadict(
        self, data: Mapping[str, Any], files: MultiValueDict[str, UploadedFile], name: str
    ) -> SentFile:
        return SentFile(files.get(name), data.get(f"{name}-kept", ""), f"{name}-without" in data)

    def value_omitted_from_data(
        self, data: Mapping[str, Any], files: Mapping[str, UploadedFile], name: str
    ) -> bool:
        return name not in files and f"{name}-kept" not in data

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


class EvidenceFileField(forms.Field):
    """A file as evidence, new or kept; `settle` turns what was sent into a kept file."""

    widget = EvidenceFileInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)

    def explain(self) -> None:
        """Say below the field what is taken."""
        self.help_text = _("%(kinds)s; at most %(size)s.") % {
            "kinds": in_words(settings.EVIDENCE_KINDS),
            "size": filesizeformat(settings.EVIDENCE_MAX_MEGABYTES * 1024**2),
        }

    def show(self, file: StoredFile, *, uid: object = "", address: str = "") -> None:
        widget = cast(EvidenceFileInput, self.widget)
        widget.kept, widget.kept_uid, widget.kept_address = file, str(uid), address

    def has_changed(self, initial: object, data: SentFile | None) -> bool:
        return data is not None and bool(data.upload or data.kept or data.without)

    def settle(
        self, given: SentFile, *, account: User | None, present: StoredFile | None
    ) -> StoredFile | None:
        """The file that the row has from now on; `present` is the one that it had.

        Raises ValidationError if a chosen file is refused; then the one that was there stays.
        """
        kept = _kept_by(account, given.kept)
        if given.kept and kept is None and given.upload is None:
            raise ValidationError(_("The file is not kept any longer. Choose it again."))
        if kept and kept.stored:
            present = kept.stored
            self.show(present, uid=kept.uid)
        if given.upload is not None:
            chosen = keep_upload(given.upload, cast(User, account))
            if present := chosen.stored:
                self.show(present, uid=chosen.uid)
        elif given.without:
            return None
        return present


def _kept_by(account: User | None, uid: str) -> EvidenceUpload | Evidence | None:
    """What this account chose, or published evidence that it sees and a correction repeats."""
    try:
        key = UUID(uid)
    except ValueError:
        return None
    if upload := EvidenceUpload.objects.filter(account=account, uid=key).first():
        return upload
    updates = ProgressUpdate.objects.published().seen_by(rights_of(account))
    return Evidence.objects.filter(update__in=updates.values("pk"), uid=key).first()
