"""A table of subscriptions for tests."""

SUBSCRIPTIONS: dict[str, tuple[str, ...]] = {
    "thing.happened": ("tests.return", "tests.raise"),
    "thing.ignored": (),
}
