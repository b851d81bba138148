"""What one process keeps: the answers asked for last, in so many bytes."""

from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock

from ogp_tracker.pagecache.answer import Answer

LARGEST = 8
"""An answer larger than this part of the shelf would push too many others off it."""


class Shelf:
    """Answers by key; what has not been asked for longest makes room."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.used = 0
        self._answers: OrderedDict[Hashable, Answer] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._answers)

    def get(self, key: Hashable) -> Answer | None:
        """Return what is kept under the key, perhaps an old answer: its stamp tells."""
        with self._lock:
            answer = self._answers.get(key)
            if answer is not None:
                self._answers.move_to_end(key)
            return answer

    def put(self, key: Hashable, answer: Answer) -> None:
        """Keep the answer in place of any before."""
        with self._lock:
            before = self._answers.pop(key, None)
            self.used -= before.size if before else 0
            if answer.size > self.size // LARGEST:
                return
            self._answers[key] = answer
            self.used += answer.size
            while self.used > self.size:
                _key, oldest = self._answers.popitem(last=False)
                self.used -= oldest.size
