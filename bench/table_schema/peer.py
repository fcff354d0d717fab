"""The verdicts of frictionless-py, run by an interpreter that has it: fields and texts in, verdicts out, as JSON."""

import json
import sys

from frictionless import Schema

PROFILE = "https://datapackage.org/profiles/2.0/tableschema.json"


def main() -> None:
    """Of each text: `ok`, or the first rule that it breaks; `error` where the library fails over it."""
    answers = []
    for asked in json.load(sys.stdin):
        schema = Schema.from_descriptor({"$schema": PROFILE, "fields": [asked["field"]]})
        read = schema.fields[0].create_cell_reader()
        verdicts = []
        for text in asked["texts"]:
            try:
                _value, notes = read(text)
                verdicts.append(next(iter(notes)) if notes else "ok")
            except Exception as error:  # what it is, is a verdict
                verdicts.append(f"error: {type(error).__name__}")
        answers.append(verdicts)
    json.dump(answers, sys.stdout)


if __name__ == "__main__":
    main()
