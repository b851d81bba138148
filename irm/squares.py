"""One square for each commitment, as paths of a drawing: who has spoken. Pure."""

from dataclasses import dataclass

from irm.spoken import HEARD_OF_ASSESSOR, HEARD_OF_GOVERNMENT, OUR_READING, Spoken, SpokenCounts


@dataclass
class Squares:
    """A path for each part that squares are made of; many squares are one path."""

    frame: str = ""
    government: str = ""
    """The left half, filled where government has spoken."""
    assessor: str = ""
    """The right half, filled where the assessor has."""
    ours: str = ""
    """Brackets and hatching, where progress is our reading of the assessor's report."""

    def add(
        self,
        counts: SpokenCounts,
        left: float,
        base: float,
        size: int,
        gap: int,
        columns: int,
        *,
        downwards: bool = False,
    ) -> dict[Spoken, tuple[float, float]]:
        """Draw the commitments in rows from `base`, the foot of the first, in order of their kinds.

        Return the left and upper corner of the first of each kind.
        """
        corners: dict[Spoken, tuple[float, float]] = {}
        place, x = 0, left
        for kind in (one for one in Spoken for _square in range(counts[one])):
            if place == columns:
                place, x = 0, left
                base += (size + gap) * (1 if downwards else -1)
            # Room for the brackets.
            x += size / 4 * (kind in OUR_READING)
            y = base - size
            corners.setdefault(kind, (x, y))
            self._draw(kind, round(x, 1), round(y, 1), size)
            x += size * (1.25 if kind in OUR_READING else 1) + gap
            place += 1
        return corners

    def _draw(self, kind: Spoken, x: float, y: float, size: int) -> None:
        half = size / 2
        self.frame += f"M{x:g} {y:g}h{size}v{size}h-{size}z"
        if kind in HEARD_OF_GOVERNMENT:
            self.government += f"M{x:g} {y:g}h{half:g}v{size}h-{half:g}z"
        if kind in HEARD_OF_ASSESSOR:
            self.assessor += f"M{x + half:g} {y:g}h{half:g}v{size}h-{half:g}z"
        if kind in OUR_READING:
            edge, foot = size / 8, y + size
            self.ours += f"M{x:g} {y + half:g}L{x + half:g} {y:g}M{x:g} {foot:g}l{half:g} -{size}"
            self.ours += f"M{x - edge:g} {y:g}h-{edge:g}v{size}h{edge:g}"
            self.ours += f"M{x + size + edge:g} {y:g}h{edge:g}v{size}h-{edge:g}"
