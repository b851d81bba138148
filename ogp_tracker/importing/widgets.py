"""How a cell becomes a value of a column; a ValueError says what is wrong in words."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from import_export import widgets

from commitments.models import OGPValue
from irm.codebook import BLANK, Variable
from ogp_tracker.common.written_dates import InvalidDate, read_day
from ogp_tracker.opendata.columns import LIST_SEPARATOR


class TextWidget(widgets.Widget):
    """Text, unchanged to the last character."""

    def clean(self, value: object, row: dict[str, str] | None = None, **kwargs: Any) -> str:
        return str(value)


class IdWidget(TextWidget):
    """The id of another row; spaces around it do not count."""

    def clean(self, value: object, row: dict[str, str] | None = None, **kwargs: Any) -> str:
        return str(value).strip()


class CodeWidget(widgets.Widget):
    """A value of the codebook: by its code, or by the label that reports print."""

    def __init__(self, variable: Variable) -> None:
        super().__init__()
        self.variable = variable
        self.codes: dict[str, str] = {}
        for code, label in variable.choices():
            with translation.override("en"):
                in_english = str(label)
            self.codes |= {_folded(in_english): code, _folded(str(label)): code}
        self.codes |= {_folded(code): code for code, _label in variable.choices()}

    def clean(self, value: object, row: dict[str, str] | None = None, **kwargs: Any) -> str:
        said = str(value).strip()
        if not said:
            return BLANK
        if (code := self.codes.get(_folded(said))) is not None:
            return code
        allowed = ", ".join(code for code in self.variable.codes() if code)
        raise ValueError(
            _("“%(said)s” is no value of it. Write one of: %(allowed)s, or leave it empty.")
            % {"said": said[:60], "allowed": allowed}
        )


class YesNoWidget(widgets.Widget):
    """As the tracker's own tables have it; empty is no."""

    def clean(self, value: object, row: dict[str, str] | None = None, **kwargs: Any) -> bool:
        said = str(value).strip().casefold()
        if said in {"", "true", "false"}:
            return said == "true"
        raise ValueError(_("Write true or false."))


class DateWidget(widgets.Widget):
    def clean(self, value: object, row: dict[str, str] | None = None, **kwargs: Any) -> date | None:
        said = str(value).strip()
        if not said:
            return None
        try:
            return read_day(said)
        except InvalidDate as invalid:
            raise ValueError(invalid.message) from None


class ValuesWidget(widgets.ManyToManyWidget):
    """OGP values by their names, with a semicolon between them."""

    def __init__(self, values: Iterable[OGPValue]) -> None:
        super().__init__(OGPValue, separator=LIST_SEPARATOR, field="name")
        self.by_name = {_folded(one.name): one for one in values}

    def clean(
        self, value: object, row: dict[str, str] | None = None, **kwargs: Any
    ) -> list[OGPValue]:
        if _folded(str(value)) in self.by_name:
            return [self.by_name[_folded(str(value))]]
        names = [name.strip() for name in str(value).split(LIST_SEPARATOR.strip()) if name.strip()]
        if unknown := [name for name in names if _folded(name) not in self.by_name]:
            raise ValueError(
                _("“%(name)s” is no OGP value. There are: %(values)s.")
                % {
                    "name": unknown[0][:60],
                    "values": LIST_SEPARATOR.join(one.name for one in self.by_name.values()),
                }
            )
        return list(dict.fromkeys(self.by_name[_folded(name)] for name in names))


def _folded(words: str) -> str:
    return " ".join(words.split()).casefold()
