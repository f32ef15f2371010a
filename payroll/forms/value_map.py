"""HR's words with payroll's codes beside them, as an admin enters them for one row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from payroll.records import PickListEntry
from payroll.values import clean_text

NOTHING = "(nothing)"
"""Entered in place of a code: for this word nothing is sent."""
LONGEST = 200  # characters of a word or a code

Data = Mapping[str, str]


class ValueMapEntries:
    """The translations of one row: those entered, else those held.

    `pairs`: by HR's word, the code, `NOTHING`, or empty where payroll's list decides by itself.
    `new`: the line to add one by hand, as it was left.
    """

    def __init__(
        self,
        prefix: str,
        data: Data | None,
        held: Mapping[str, str],
        entries: Sequence[PickListEntry] | None,
    ) -> None:
        self.prefix = prefix
        self._held = held
        self._codes = None if entries is None else {entry.code for entry in entries}
        self.errors: list[str] = []
        self.new = ("", "")
        self.pairs = {word: code or NOTHING for word, code in held.items()}
        if data is not None:
            self._take(data)

    def field(self, word: str) -> str:
        """The name of the control that holds the code of a word."""
        return f"{self.prefix}-to:{word}"

    @property
    def value_map(self) -> dict[str, str]:
        """The map that is stored."""
        return {w: "" if code == NOTHING else code for w, code in self.pairs.items() if code}

    def _take(self, data: Data) -> None:
        begin = self.field("")
        posted = {
            key.removeprefix(begin): clean_text(data[key]) for key in data if key.startswith(begin)
        }
        self.pairs = {word: posted[word] for word in posted}
        self._add(*(clean_text(data.get(f"{self.prefix}-new_{part}", "")) for part in _PARTS))
        self.errors += self._refused()

    def _add(self, word: str, code: str) -> None:
        """The line at the end; what cannot be added stays in it."""
        if not word and not code:
            return
        if not word:
            self.errors.append("Write which value in HR this stands for.")
        elif not code:
            self.errors.append(f"Choose what is sent for “{word}”.")
        elif self.pairs.get(word) not in (None, "", code):
            self.errors.append(f"“{word}” stands twice, with different codes. Remove one of them.")
        else:
            self.pairs[word] = code
            return
        self.new = (word, code)

    def _refused(self) -> Iterator[str]:
        for word, code in self.pairs.items():
            if len(word) > LONGEST or len(code) > LONGEST:
                yield f"A value or code is longer than {LONGEST} characters."
            elif "\x00" in word + code:
                yield "A value holds a character that cannot be stored."
            elif self._unknown(code) and self._held.get(word) != code:
                yield f"“{code}”, entered for “{word}”, is not in the list. Choose one that is."

    def _unknown(self, code: str) -> bool:
        return (
            bool(code) and code != NOTHING and self._codes is not None and code not in self._codes
        )


_PARTS = ("word", "code")
