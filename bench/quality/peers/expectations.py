"""Great Expectations on pandas: not null, type, between and unique, as they were declared of each column."""

from typing import Any

import great_expectations as gx
from great_expectations import expectations as gxe

from bench.quality.datasets import DataFile
from bench.quality.peers.pandas_files import read


def run(path: str, file: DataFile) -> dict[str, int]:
    """Raises if the table is not as declared, which would mean that another was read."""
    context = gx.get_context(mode="ephemeral")
    source = context.data_sources.add_pandas("files").add_dataframe_asset("table")
    frame = read(path, file)
    suite = context.suites.add(gx.ExpectationSuite(name="declared", expectations=expectations(file)))
    found = source.add_batch_definition_whole_dataframe("whole").get_batch({"dataframe": frame}).validate(suite)
    if not found.success:
        configs = [result.expectation_config for result in found.results if not result.success]
        failed = [f"{config.type} {config.kwargs}" for config in configs]
        raise SystemExit("not as declared: " + "; ".join(failed))
    return {"rows": len(frame)}


def expectations(file: DataFile) -> list[Any]:
    """Integers that may be null are floats in pandas, so their type is not looked at."""
    kinds = {"integer": ["int64"], "decimal": ["float64"], "text": ["object", "str"], "boolean": ["bool"]}
    wanted: list[Any] = [gxe.ExpectTableRowCountToEqual(value=file.rows)]
    for column in file.dataset.columns:
        if not column.nullable:
            wanted.append(gxe.ExpectColumnValuesToNotBeNull(column=column.name))
            if column.kind in kinds:
                wanted.append(gxe.ExpectColumnValuesToBeInTypeList(column=column.name, type_list=kinds[column.kind]))
        if column.low is not None:
            between = {"min_value": column.low, "max_value": column.high}
            wanted.append(gxe.ExpectColumnValuesToBeBetween(column=column.name, **between))
        if column.unique:
            wanted.append(gxe.ExpectColumnValuesToBeUnique(column=column.name))
    return wanted
