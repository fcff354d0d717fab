"""What is wrong with a text of rules."""

from collections.abc import Iterable


class UnusableRules(ValueError):
    """Rules that must not be used; `problems` has all that was found, a line each, for the person who wrote them."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(self.problems))
