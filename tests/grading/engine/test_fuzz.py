"""Two thousand mutated files: no crash, no hang, no error that the engine did not foresee. `make fuzz` runs more."""

from bench import fuzz
from grading.engine.readers import UNREADABLE

FILES = 2_000


def test_mutated_files_end_in_a_result_or_a_stated_problem(tmp_path):
    figures = fuzz.run(seed=20261122, files=FILES, scratch=tmp_path)
    assert figures.wrong == [], "bench.fuzz.mutated(seed, number, seeds()) makes each of them again"
    assert (figures.files, sum(figures.outcomes.values()), figures.children) == (FILES, FILES, 1)
    examined = {outcome for outcome in figures.outcomes if outcome.endswith("_examined")}
    assert examined == {"csv_examined", "tsv_examined", "jsonl_examined", "parquet_examined"}
    assert set(figures.outcomes) - examined < set(UNREADABLE)
    assert {"truncated_parquet", "malformed_table", "unsupported_format"} < set(figures.outcomes)


def test_a_run_can_be_made_again_file_by_file():
    originals = fuzz.seeds()
    files = [fuzz.mutated(7, number, originals) for number in range(200)]
    assert files[150] == fuzz.mutated(7, 150, fuzz.seeds())
    assert len(set(files)) > 190
    assert files != [fuzz.mutated(8, number, originals) for number in range(200)]


def test_what_goes_wrong_is_counted_and_the_run_goes_on(tmp_path, monkeypatch):
    """A child that dies, falls silent or is surprised costs one file each; another child goes on behind it."""
    monkeypatch.setattr(fuzz, "PROGRAM", "tests.grading.engine.misreading:examine_many")
    monkeypatch.setattr(fuzz, "SECONDS_A_FILE", 1.0)
    figures = fuzz.run(seed=1, files=6, scratch=tmp_path)
    assert figures.wrong == [(1, "Broken: SIGSEGV"), (3, "silent"), (4, "ZeroDivisionError")]
    assert (figures.files, figures.children) == (6, 3)
    assert figures.outcomes == {
        "Broken: SIGSEGV": 1,
        "ZeroDivisionError": 1,
        "csv_examined": 3,
        "silent": 1,
    }
