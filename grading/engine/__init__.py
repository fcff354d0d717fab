"""What a data file is, computed from plain data: no Django, no database, no settings.

`examine.examine` runs the whole chain: reader -> profile -> quality -> sensitivity -> level.
Everything here returns frozen dataclasses that `plain.to_plain` turns into JSON-safe dictionaries.
"""

ENGINE_VERSION = "1.4"
