"""A choice by typing that asks the database nothing for what its row has chosen already."""

from collections.abc import Sequence
from typing import Any

from django.contrib.admin.widgets import AutocompleteSelect


class KnownChoice(AutocompleteSelect):
    """The choice in one of many rows below a form, which come with what they have chosen.

    Django's own asks once per row for the words of its choice.
    """

    known: Any = None
    """The row that is chosen, where it has been read already."""

    def optgroups(self, name: str, value: Sequence[str], attr: Any = None) -> Any:
        """Return what is chosen, from what is known if it is that."""
        if self.known is None or [str(one) for one in value] != [str(self.known.pk)]:
            return super().optgroups(name, value, attr)
        words = self.choices.field.label_from_instance(self.known)
        empty = [] if self.is_required else [self.create_option(name, "", "", False, 0)]
        chosen = self.create_option(name, self.known.pk, words, True, len(empty))
        return [(None, [*empty, chosen], 0)]
