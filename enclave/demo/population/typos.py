"""How a name or a code goes wrong under someone's fingers."""

from __future__ import annotations

_NEIGHBOURS = dict(zip("abcdefghijklmnopqrstuvwxyz", "snxfrghjoklknmpowtdyibecux", strict=True))


def mistyped(word: str, chance: float) -> str:
    """The word with one slip: a letter lost, doubled, swapped with the next or hit beside its key. ``chance`` in [0, 1) chooses which.

    The first letter stays, as people mostly get that right; words of fewer than three letters stay whole.
    """
    if len(word) < 3:
        return word
    kind, rest = divmod(int(chance * 4_000), 1_000)
    place = 1 + rest % (len(word) - 1)
    before, letter, after = word[:place], word[place], word[place + 1 :]
    if kind == 0:
        return before + after
    if kind == 1:
        return before + letter + letter + after
    if kind == 2 and after:
        return before + after[0] + letter + after[1:]
    return before + _NEIGHBOURS.get(letter, "e") + after


def misdialled(digits: str, chance: float) -> str:
    """A number with two digits in the middle swapped or one raised: its check digit no longer holds, mostly."""
    place = 3 + int(chance * 1_000) % (len(digits) - 4)
    if digits[place] != digits[place + 1]:
        return digits[:place] + digits[place + 1] + digits[place] + digits[place + 2 :]
    return digits[:place] + str((int(digits[place]) + 1) % 10) + digits[place + 1 :]
