"""The compiled library and its calls, as `ctypes` sees them. The same names and numbers stand in src/common.h."""

import ctypes
import enum
import secrets
from ctypes import (
    POINTER,
    Structure,
    c_double,
    c_int,
    c_int32,
    c_int64,
    c_size_t,
    c_uint8,
    c_uint32,
    c_uint64,
    c_void_p,
)
from functools import cache
from typing import Final

from grading.engine.kernel.build import LIBRARY

KINDS: Final = ("other", "integer", "decimal", "padded", "long_digits", "time", "date_ymd", "datetime", "text")
"""What the kernel itself tells apart, by number; names are those of profile/kinds.py."""
LIMBS: Final = 108
BIAS: Final = 2176
"""A sum is that of limb[i] · 2^(32·i − BIAS)."""
REGISTERS: Final = 1 << 14
LONGEST_VALUE: Final = 512


class Status(enum.IntEnum):
    """How a call ended."""

    DONE = 0
    MORE = 1
    NO_MEMORY = 2
    NOT_UTF8 = 3
    LONE_RETURN = 4
    BAD_QUOTES = 5
    LONG_RECORD = 6
    UNREADABLE_INPUT = 7
    UNKNOWN_TYPE = 8


class Type(enum.IntEnum):
    """What the cells of a column are."""

    TEXT = 0
    SIGNED = 1
    UNSIGNED = 2
    FLOATING = 3
    BOOLEAN = 4


class StoreView(Structure):
    """Values and where their bytes are."""

    _fields_ = [
        ("values", c_void_p),
        ("bytes", c_void_p),
        ("used", c_uint64),
        ("threshold", c_uint64),
        ("size", c_uint32),
        ("cut", c_int32),
    ]


class TableView(Structure):
    """Totals of the table, and where its records and sampled rows are."""

    _fields_ = [
        ("rows", c_int64),
        ("empty_rows", c_int64),
        *((name, c_uint64) for name in ("nul_bytes", "first_record", "next_record")),
        *((name, c_uint64) for name in ("longer", "shorter", "blank", "broken_lines")),
        *((name, POINTER(c_int64)) for name in ("longer_rows", "shorter_rows", "blank_rows", "broken_line_rows")),
        ("records", c_void_p),
        ("records_size", c_uint32),
        ("records_shift", c_uint32),
        ("chosen", c_void_p),
        ("chosen_bytes", c_void_p),
        ("chosen_size", c_uint32),
        ("width", c_uint32),
        ("chosen_threshold", c_uint64),
        ("chosen_used", c_uint64),
    ]


class ColumnView(Structure):
    """Totals of a column; all but the first two only where not every distinct value is kept."""

    _fields_ = [
        ("nulls", c_int64),
        ("null_row", c_int64),
        ("tallied", c_int32),
        ("has_registers", c_int32),
        ("kinds", c_uint64 * len(KINDS)),
        *((name, c_uint64) for name in ("compact", "odd", "odd_large", "characters", "cells", "numbers")),
        ("first", c_double * len(KINDS)),
        ("last", c_double * len(KINDS)),
        ("low", c_double),
        ("high", c_double),
        ("least", c_int64),
        ("most", c_int64),
        ("shortest", c_uint32),
        ("longest", c_uint32),
        ("sum", POINTER(c_int64)),
        ("squares", POINTER(c_int64)),
        ("registers", c_void_p),
    ]


class NotBuilt(ImportError):
    """The compiled kernel is not there."""


@cache
def load() -> ctypes.CDLL:
    """The library, its calls declared. Raises NotBuilt."""
    if not LIBRARY.exists():
        raise NotBuilt(f"{LIBRARY} is missing: run `make setup`, or `python grading/engine/kernel/build.py`")
    library = ctypes.CDLL(str(LIBRARY))
    calls = {
        "kernel_open": (c_void_p, c_uint32, c_void_p, c_uint32, c_uint64, c_uint32, c_uint64, c_uint32),
        "kernel_close": (None, c_void_p),
        "kernel_word": (c_int, c_void_p, ctypes.c_char_p, c_size_t),
        "kernel_delimited": (None, c_void_p, c_uint8, c_uint8, c_int64, c_uint64, c_int),
        "kernel_read": (c_int, c_void_p, c_int, c_uint64, c_uint64),
        "kernel_take": (c_int, c_void_p, c_void_p, c_uint64, c_uint64),
        "kernel_drawn": (c_size_t, c_void_p, POINTER(POINTER(c_int64))),
        "kernel_position": (c_uint64, c_void_p),
        "kernel_key": (None, c_uint64),
        "kernel_crowded": (c_int, c_void_p),
        "kernel_finish": (c_int, c_void_p),
        "kernel_table": (None, c_void_p, POINTER(TableView)),
        "kernel_store": (c_int, c_void_p, c_uint32, c_int, POINTER(StoreView)),
        "kernel_waiting": (c_uint32, c_void_p, c_uint32),
        "kernel_taken": (None, c_void_p, c_uint32),
        "kernel_column": (None, c_void_p, c_uint32, POINTER(ColumnView)),
        "kernel_sums": (None, c_void_p, c_void_p, c_size_t, c_void_p, c_void_p),
        "kernel_judge": (
            c_int, c_void_p, ctypes.c_char_p, c_size_t, POINTER(c_double), POINTER(c_double), POINTER(c_int),
        ),
    }  # fmt: skip
    for name, (result, *arguments) in calls.items():
        call = getattr(library, name)
        call.restype, call.argtypes = result, arguments
    library.kernel_key(secrets.randbits(64))
    return library
