"""What was chosen for an import, kept between the preview and the writing."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from uuid import uuid4

from django.contrib.auth.models import User
from django.core.cache import cache

from .run import Run, SourceDocument

KEPT_SECONDS = 4 * 3600


@dataclass(frozen=True)
class KeptImport:
    """Files as they were chosen, and what was said of them.

    In the cache that all processes share, one for each account: a second one replaces the first.
    """

    files: tuple[tuple[str, bytes], ...]
    chosen: Mapping[str, str]
    document: SourceDocument
    answers: Mapping[str, str] = field(default_factory=dict)
    uid: str = ""

    @property
    def name(self) -> str:
        return ", ".join(name for name, _content in self.files)

    @property
    def form_data(self) -> dict[str, object]:
        """What was typed and chosen beside the files, for a form that is shown again."""
        ids = {name.removesuffix("_id"): slug for name, slug in self.chosen.items()}
        document = self.document
        return {
            **ids,
            "document_title": document.title,
            "document_url": document.url,
            "document_date": document.published_on,
        }

    def run(self, account: User) -> Run:
        return Run(
            by=account,
            file_name=self.name,
            chosen=self.chosen,
            document=self.document,
            answers=self.answers,
        )


def with_answers(chosen: KeptImport, posted: Mapping[str, object]) -> KeptImport:
    """With the answers of a preview's form."""
    given = {
        name.removeprefix("answer-"): str(answer)
        for name, answer in posted.items()
        if name.startswith("answer-")
    }
    return replace(chosen, answers={**chosen.answers, **given})


def keep(account: User, chosen: KeptImport) -> KeptImport:
    kept = replace(chosen, uid=chosen.uid or uuid4().hex)
    cache.set(_key(account), kept, KEPT_SECONDS)
    return kept


def kept(account: User, uid: str) -> KeptImport | None:
    """None if it is no longer kept, or another one is."""
    found: KeptImport | None = cache.get(_key(account))
    return found if found and found.uid == uid else None


def forget(account: User) -> None:
    cache.delete(_key(account))


def _key(account: User) -> str:
    return f"import-{account.pk}"
