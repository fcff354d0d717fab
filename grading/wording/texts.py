"""Every code that the engine gives, as a sentence: English msgids with parameters, translated where they are shown.

The texts are those of the engine's own tables, written out so that they can be collected for translation; a test
holds the two together.
"""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_noop as _

UNREADABLE: Final[Mapping[str, str]] = {
    "empty_file": _("The file holds no data. Upload a file with a header row and at least one record."),
    "no_header": _("The file has no header row. Put the column names in the first line."),
    "not_a_table": _("The content is not a table. Upload CSV, TSV, JSON Lines, Parquet or XLSX."),
    "unsupported_format": _(
        "Files of the kind %(detected)s are not read. Upload CSV, TSV, JSON Lines, Parquet or XLSX."
    ),
    "truncated_parquet": _("The Parquet file is cut off or damaged. Upload it again."),
    "damaged_file": _("The %(format)s file is cut off or damaged. Upload it again."),
    "packed_twice": _("A %(detected)s archive is packed in the file. Upload the table itself, packed at most once."),
    "protected_workbook": _("The workbook is protected by a password. Save it without one and upload it again."),
    "sheet_too_large": _("A sheet spans %(cells)s cells; at most %(limit)s are read. Save the table as CSV."),
    "too_many_columns": _("The file has %(columns)s columns; at most %(limit)s are accepted."),
    "malformed_table": _("The file cannot be parsed as %(format)s: %(detail)s"),
    "missing_file": _("The file is not there or cannot be opened."),
    "needs_memory": _("Reading the file takes more than %(limit)s MiB of memory. Split it, or shorten its cells."),
    "needs_time": _("Reading the file takes more than %(limit)s seconds. Split it into smaller files."),
    "expands": _("The file unpacks to more than %(limit)s MiB. Upload it in a plainer form."),
    "parser_broken": _("The reader broke down over the file. Check that it is whole, or write it anew."),
}
"""Why a file cannot be read as a table."""

FINDINGS: Final[Mapping[str, str]] = {
    "missing_values": _("%(count)s of %(rows)s cells are empty, the first in row %(row)s."),
    "placeholder": _("%(count)s cells hold the placeholder “%(value)s” instead of a value."),
    "type_mismatch": _("“%(value)s” stands in %(count)s cells of a column whose values are of type %(type)s."),
    "declared_type_mismatch": _("%(count)s values do not fit the declared type %(type)s."),
    "inconsistent_spelling": _("“%(value)s” (%(count)s cells) is another spelling of a more frequent value."),
    "broken_text": _("“%(value)s” has replacement or control characters."),
    "disguised_missing": _("“%(value)s” in %(count)s of %(cells)s cells looks like a stand-in for a missing value."),
    "wrong_encoding": _("“%(value)s” was read in the wrong encoding (%(encoding)s); it was meant as “%(repaired)s”."),
    "mixed_units": _(
        "“%(value)s” is one of %(ways)s ways in which this column writes quantities; the most frequent, as "
        "in “%(example)s”, has %(most)s of %(cells)s cells."
    ),
    "mixed_format": _(
        "“%(value)s” is written unlike the others: %(most)s of %(cells)s cells have the form of “%(example)s”."
    ),
    "pattern_outlier": _(
        "“%(value)s” has the form %(form)s; %(most)s of %(cells)s cells have the form %(ruling)s, as in “%(example)s”."
    ),
    "strange_writing": _("“%(value)s” is written as no other of %(cells)s cells, at “%(part)s”."),
    "swapped_day_month": _(
        "“%(value)s” has day and month swapped: as %(meant)s it fits the other dates %(odds)s times better."
    ),
    "spreadsheet_formula": _("“%(value)s” stands in %(count)s cells: a spreadsheet runs it as a formula."),
    "numeric_outlier": _("%(value)s lies far outside the range of the other values (%(q1)s to %(q3)s)."),
    "future_date": _("%(count)s dates lie after the day of the assessment."),
    "outside_period": _("%(count)s dates lie outside the declared period."),
    "repeated_key": _("%(count)s cells repeat a value of a column whose values otherwise tell the rows apart."),
    "duplicate_rows": _("%(count)s rows repeat an earlier row."),
    "empty_row": _("%(count)s rows have no value at all."),
    "ragged_row": _("%(count)s rows have more or fewer fields than the header (%(fields)s)."),
    "blank_row": _("%(count)s lines are blank."),
    "duplicate_header": _("The column name “%(header)s” occurs twice; the second is read as “%(name)s”."),
    "empty_header": _("Column %(position)s has no name; it is read as “%(name)s”."),
    "long_header": _("The name of column %(position)s is longer than %(limit)s characters and was cut."),
    "short_header": _("The header has %(headings)s names for %(fields)s fields."),
    "irregular_quoting": _("Quotation marks are used irregularly; the file was read the forgiving way."),
    "rows_above_header": _("%(count)s rows above the header were skipped; it is row %(row)s of the sheet."),
    "other_sheets": _("Only sheet %(position)s of the workbook was read; it has %(count)s others."),
    "merged_cells": _("%(count)s groups of cells are merged; only the first cell of each has the value."),
    "malformed_line": _("%(count)s lines are not JSON objects and were left out."),
    "nul_bytes": _("The file holds %(count)s NUL bytes."),
    "embedded_line_break": _("In %(count)s records a cell holds a line break."),
    "broken_encoding": _("%(count)s characters are not valid %(encoding)s."),
    "dependency_break": _("%(most)s of %(others)s rows with the same “%(key)s” say “%(expected)s”, not “%(value)s”."),
    "dependency_gap": _("The cell is empty; %(most)s of %(others)s rows with the same “%(key)s” say “%(expected)s”."),
    "dependency_key": _(
        "The row fits “%(value)s” ill in %(count)s columns: of the others, %(most)s of %(others)s say "
        "“%(expected)s” in “%(column)s”."
    ),
    "embedded_value": _("“%(value)s” also holds “%(part)s”, a value of the column “%(column)s”, which is empty here."),
    "value_elsewhere": _("The cell is empty; its value “%(part)s” seems to stand in “%(column)s”: “%(value)s”."),
    "near_duplicate": _("“%(value)s” (%(count)s cells) is almost “%(expected)s” (%(expected_count)s cells)."),
    "misspelt_word": _("The word “%(word)s” (%(count)s cells) is almost “%(expected)s” (%(expected_count)s cells)."),
}
"""What is wrong in a table, by kind."""

NOT_ASSESSED: Final[Mapping[str, str]] = {
    "no_records": _("The table has no records."),
    "no_values": _("The table has no values."),
    "no_declared_types": _("The listing declares no column types to compare with."),
    "no_declared_columns": _("The listing describes no columns."),
    "no_rules_declared": _("No business rules are declared for this table."),
    "no_reference_data": _("No authoritative reference data is given to compare with."),
    "no_security_norms": _("No security norms are declared for this table."),
    "no_typed_column": _("No column holds numbers, dates, truth values or codes whose format can be checked."),
    "no_comparable_values": _("No column repeats its values or holds enough numbers to compare them with each other."),
    "nothing_judged": _("Most values are of their own kind, so that a wrong one could not be told from a right one."),
    "little_coverage": _("Too little of what the quality profile weighs could be assessed."),
    "no_key_declared": _("No key is declared, and no column shows by itself that it is one."),
    "no_comparable_text": _("No text column repeats its values, so that spellings cannot be compared."),
    "no_relations_declared": _("No relations are declared, and no column was found to depend on another."),
    "no_period_declared": _("The listing declares no period that the data covers."),
    "no_date_column": _("The table has no column of dates."),
    "no_modification_date": _("The listing does not say when the data was last modified."),
    "no_update_frequency": _("The listing does not say how often the data is updated."),
    "no_order_declared": _("No order in time is declared for the records."),
    "no_metadata": _("The listing gives no metadata."),
    "rules_not_checked": _("The declared rules could not be checked."),
}
"""Why a sub-indicator was not assessed."""

RULES: Final[Mapping[str, str]] = {
    "rule_type": _("“%(value)s” stands in %(count)s cells and is no value of the declared type %(type)s%(format)s."),
    "rule_required": _("%(count)s cells have no value although the field is required, the first in row %(row)s."),
    "rule_minimum": _("“%(value)s” stands in %(count)s cells; the least value allowed is %(limit)s."),
    "rule_maximum": _("“%(value)s” stands in %(count)s cells; the largest value allowed is %(limit)s."),
    "rule_above": _("“%(value)s” stands in %(count)s cells; values must lie above %(limit)s."),
    "rule_below": _("“%(value)s” stands in %(count)s cells; values must lie below %(limit)s."),
    "rule_min_length": _("“%(value)s” stands in %(count)s cells and is shorter than the %(limit)s that are required."),
    "rule_max_length": _("“%(value)s” stands in %(count)s cells and is longer than the %(limit)s that are allowed."),
    "rule_pattern": _("“%(value)s” stands in %(count)s cells and does not match the declared pattern %(pattern)s."),
    "rule_enum": _("“%(value)s” stands in %(count)s cells and is none of the values declared."),
    "rule_unique": _("Row %(row)s repeats a value of %(columns)s, which is declared unique."),
    "rule_unique_together": _("Row %(row)s repeats the values of %(columns)s, which are declared unique together."),
    "primary_key": _("Row %(row)s repeats the primary key (%(columns)s) of an earlier row."),
    "primary_key_missing": _("%(count)s rows lack a part of the primary key (%(columns)s), the first is row %(row)s."),
    "foreign_key": _("%(count)s rows refer by %(columns)s to a record that is not there, the first is row %(row)s."),
    "rule_more": _("%(count)s further cells or rows break the same rule."),
    "field_missing": _("The schema declares the field “%(name)s”, which the file does not have."),
    "field_undeclared": _("The column “%(name)s” is not declared in the schema."),
    "field_renamed": _("Column %(position)s is called “%(header)s”; the schema calls it “%(name)s”."),
    "field_order": _("The columns stand in another order than the fields, from “%(name)s” (field %(position)s) on."),
    "fields_unknown": _("The file has none of the %(count)s fields that the schema declares."),
    "key_without_column": _("A declared key cannot be checked: the file lacks one of its columns."),
    "resource_not_given": _("A reference to another file cannot be checked: the other file is not at hand."),
    "schema_refused": _("The declared schema is no longer understood: declare it anew."),
    "rules_unread": _("The declared rules could not be checked: the file reads differently each time."),
}
"""What breaks a rule that the provider declares, by code of the evidence."""

SCHEMA_PROBLEMS: Final[Mapping[str, str]] = {
    "no_object": _("Give a JSON object."),
    "no_text": _("Give a text of at most %(limit)s characters."),
    "no_texts": _("Give a list of at most %(most)s texts, each once and of at most %(limit)s characters."),
    "no_truth": _("Give true or false."),
    "no_count": _("Give a whole number that is not negative."),
    "no_list": _("Give a list of at most %(most)s items."),
    "no_fields": _("Give a list of 1 to %(most)s fields, each an object with a name."),
    "no_name": _("Name the field as the column of the file is named, in at most %(limit)s characters."),
    "no_key": _("Name at least one of the fields, each once and at most %(most)s."),
    "unknown_field": _("No field is called “%(name)s”: name a field of the schema."),
    "unknown_choice": _("Choose one of: %(known)s."),
    "unknown_constraint": _("Not checked here. Known are: %(known)s."),
    "constraint_of_other_type": _("Fields of the type %(type)s cannot have it: leave it out, or declare another type."),
    "bad_limit": _("“%(value)s” is no value of a field of this type and format: write it as the cells are written."),
    "bad_pattern": _("The expression cannot be read: check its brackets, escapes, flags and repetitions."),
    "pattern_backtracks": _("Look-around and back-references are not understood: write the expression without them."),
    "pattern_heavy": _("The repetitions of the expression come to too much: repeat less in it."),
    "bad_directives": _("Use only these directives of strptime: %(known)s."),
    "bad_separator": _("Give one to %(limit)s characters other than digits, signs and letters."),
    "same_separator": _("The groups of digits and the fraction cannot have the same separator."),
    "value_twice": _("“%(value)s” stands for true and for false: leave one of them out."),
    "other_length": _("Name as many fields as the key has: %(count)s."),
    "no_json": _("Give JSON without NUL characters, halves of characters and numbers that JSON has not."),
    "too_heavy": _("The patterns of the schema come to too much together: leave some out, or repeat less in them."),
    "too_large": _("The schema is longer than %(limit)s characters of JSON: leave out what is not checked."),
    "too_many_formats": _("The values are written in more than %(limit)s ways: write more of them alike."),
    "too_many": _("There are more than %(limit)s of these in the whole schema: leave some out."),
}
"""What is wrong with a Table Schema, by code."""

EVIDENCE: Final[Mapping[str, str]] = {
    "header": _("The column name contains “%(word)s”."),
    "header_against": _("The column name contains “%(word)s”, which speaks against it."),
    "format": _("%(matched)s of %(examined)s cells have the form of this type."),
    "checksum": _("%(passed)s of %(tried)s candidates pass the check digit; chance alone gives %(chance)s."),
    "embedded": _("%(matched)s cells contain such a value within longer text."),
    "lexicon": _("%(matched)s of %(examined)s cells hold known words of this type."),
    "value_set": _("The column has %(distinct)s distinct values, all of this type."),
    "plausible_dates": _("%(matched)s of %(examined)s cells are dates in the past from 1900 on."),
    "person_context": _("Other columns of the table identify persons."),
    "no_person_context": _("No column of the table identifies persons."),
    "alone": _("The column stands alone: nothing shows that it is not about persons."),
    "co_occurrence": _("Other columns of the table hold %(types)s, which raises this one."),
    "spread": _("The numbers begin with %(prefixes)s different prefixes, unlike a serial number."),
    "unverified": _("Possibly of this type: the form is right in %(matched)s cells, the check digit in %(passed)s."),
    "masked_values": _("%(matched)s cells hold such values with signs masked by asterisks."),
    "digests": _("%(matched)s cells hold digests or ciphers under a name for an identifier of persons."),
    "tracked_context": _("Other columns of the table hold what moves with a person."),
    "organisation_context": _("The records are organisations or places; the persons in them are their contacts."),
    "things_context": _("The records are things, machines or animals: what is said here is not said of a person."),
    "organisation_header": _("The column name says that it is an organisation's."),
    "minors_table": _("Most persons of the table are minors."),
    "minors": _("The column name contains “%(word)s”: the persons are minors."),
}
"""Why a column is held to be of a sensitive type."""

REASONS: Final[Mapping[str, str]] = {
    "sensitive_personal": _("%(columns)s: sensitive personal information, at least %(level)s."),
    "ordinary_personal": _("%(columns)s: personal information, at least %(level)s."),
    "declared_trade_secret": _("The provider declares a trade secret, at least %(level)s."),
    "declared_not_public": _("The provider declares that the data is not public, at least %(level)s."),
    "many_persons": _(
        "Personal information on %(persons)s persons (rows, or more where declared), at least %(level)s."
    ),
    "nothing_sensitive": _("No column was found to hold personal or business secrets: %(level)s."),
    "possibly_above_general": _(
        "The data may be important or core: until people decide it is not below what general data can be, "
        "at least %(level)s."
    ),
    "masked_columns": _(
        "%(columns)s: masked values. They count in full, since persons may be recognised by what stands beside them; "
        "people may decide a lower level."
    ),
    "column_floor": _("%(columns)s: type %(type)s, at least %(level)s."),
    "personal_at_large_scale": _(
        "Personal information on %(persons)s persons (rows, or more where declared) may be important data; "
        "people must decide."
    ),
    "sensitive_personal_at_scale": _(
        "Sensitive personal information on %(persons)s persons (rows, or more where declared) may be important data."
    ),
    "declared_in_important_catalogue": _("The provider names a catalogue of important data."),
    "declared_national_security": _("The provider declares a relation to national security: may be core data."),
    "precise_geography_at_scale": _("Precise coordinates in %(rows)s rows may be important data."),
    "group_of_note": _("%(columns)s: personal information of %(groups)s, at least %(level)s."),
    "protected_group": _(
        "%(columns)s: personal information of %(groups)s, whose membership alone is sensitive, at least %(level)s."
    ),
    "personal_in_sensitive_field": _("%(columns)s: personal information in health or finance, at least %(level)s."),
    "most_persons_of_a_city": _(
        "Personal information that covers %(percent)s%% of what there is (extent: %(extent)s), at least %(level)s."
    ),
    "detailed_persons": _(
        "%(types)s kinds of personal information side by side describe persons in detail, at least %(level)s."
    ),
    "modelled_persons": _("%(columns)s: persons as models see them, at least %(level)s."),
    "exact_prices_at_scale": _("%(columns)s: exact prices in %(rows)s rows, at least %(level)s."),
    "lifeline_service": _("The provider declares that a lifeline service is described, at least %(level)s."),
    "emergency_response": _("The provider declares that the data serves emergency response, at least %(level)s."),
    "derived_without_reason": _(
        "Derived from data graded %(source_level)s: without a stated reason it is not below, at least %(level)s."
    ),
    "derived_is_not_lowered": _(
        "Derived from data graded %(source_level)s: this processing does not lower "
        "the level (%(processing)s), at least %(level)s."
    ),
    "derived_may_be_lower": _(
        "Derived from data graded %(source_level)s with a stated reason to be "
        "lower (%(processing)s): at most %(steps)s below, at least %(level)s."
    ),
    "derived_from_ungraded": _("Data that this was derived from has no grade yet: this is graded again when it has."),
    "derived_by_fusion": _("Fused data may say more than each of its sources: assess what it says as a whole."),
    "group_at_scale": _(
        "Personal information of %(groups)s, on %(persons)s persons (rows, or more where declared), "
        "may be important data."
    ),
    "group_of_the_state": _("The data is about %(groups)s and may be important data."),
    "sensitive_area": _("The data describes %(areas)s and may be important data."),
    "sensitive_area_in_detail": _("Coordinates with %(decimals)s decimals of %(areas)s may be core data."),
    "wide_precise_geography": _(
        "Coordinates with %(decimals)s decimals over %(area_km2)s km² or more may be important data."
    ),
    "most_persons_of_a_province": _(
        "Personal information that covers %(percent)s%% of what there is (extent: %(extent)s) may be important data."
    ),
    "most_business_of_a_province": _(
        "Business information that covers %(percent)s%% of what there is (extent: %(extent)s) may be important data."
    ),
    "transport_persons_at_scale": _(
        "Personal information of transport on %(persons)s persons (rows, or more where declared) may be important data."
    ),
    "traffic_flows": _("Vehicles to the %(unit)s in %(rows)s rows show flows of traffic and may be important data."),
    "unpublished_statistics": _("Unpublished statistics (extent: %(extent)s) may be important data."),
    "critical_infrastructure": _(
        "The provider declares that critical infrastructure is described: may be important data."
    ),
    "infrastructure_of_a_province": _(
        "Critical infrastructure, %(percent)s%% of what there is (extent: %(extent)s), may be core data."
    ),
    "strategic_resource": _("The provider declares that strategic resources are described: may be important data."),
    "controlled_technology": _("The provider declares technology under export control: may be important data."),
    "derived_from_important": _("Derived from important data: may be important data itself."),
    "derived_from_core": _("Derived from core data: may be core data itself."),
    "graded_elsewhere": _(
        "The owner grades the data %(scheme_level)s in the scheme %(scheme)s, which counts as national "
        "%(national_level)s: at least %(level)s."
    ),
    "above_general_elsewhere": _(
        "The owner grades the data %(scheme_level)s in the scheme %(scheme)s, which may be national "
        "%(national_level)s; people must decide."
    ),
    "unknown_level": _(
        "The owner grades the data %(scheme_level)s in the scheme %(scheme)s, which is not known any more: "
        "it counts no lower than it did last."
    ),
}
"""Why a level is recommended."""

COUNTED_TOGETHER: Final = _("Other files of the same publication that are counted with it: %(other_files)s.")
"""After a reason that holds only because of them."""

CATEGORY_REASONS: Final[Mapping[str, str]] = {
    "category_title": _("The title says %(words)s."),
    "category_keywords": _("The keywords say %(words)s."),
    "category_description": _("The description says %(words)s."),
    "category_column": _("Column %(column)s says %(words)s."),
    "category_values": _("Values of %(column)s say %(words)s."),
    "category_system": _("Values of %(column)s are %(system)s."),
    "category_unit": _("Column %(column)s is measured in %(words)s."),
    "category_type": _("Column %(column)s: %(type)s."),
    "category_publisher": _("A publisher is named after %(words)s, which says little."),
}
"""Why a sector is recommended."""

SENTENCES: Final[Mapping[str, str]] = {
    **UNREADABLE,
    **FINDINGS,
    **RULES,
    **NOT_ASSESSED,
    **EVIDENCE,
    **REASONS,
    **CATEGORY_REASONS,
}
"""All of them by code; no code stands in two tables."""
