"""What a column of texts holds in memory, by the Arrow C stream interface: polars counts only what rows refer to."""

import ctypes
from typing import ClassVar

import polars as pl


class _Array(ctypes.Structure):
    _fields_: ClassVar = [
        *((name, ctypes.c_int64) for name in ("length", "nulls", "offset", "n_buffers", "n_children")),
        ("buffers", ctypes.POINTER(ctypes.POINTER(ctypes.c_int64))),
        *((name, ctypes.c_void_p) for name in ("children", "dictionary", "release", "private_data")),
    ]


class _Stream(ctypes.Structure):
    _fields_: ClassVar = [
        ("get_schema", ctypes.c_void_p),
        ("get_next", ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.POINTER(_Array))),
        *((name, ctypes.c_void_p) for name in ("get_last_error", "release", "private_data")),
    ]


def bytes_of_texts(texts: pl.Series) -> int:
    """The sizes of the buffers that hold the texts of a String column, used or not; short texts stand in none."""
    capsule = texts.__arrow_c_stream__(None)
    pointer_of = ctypes.pythonapi.PyCapsule_GetPointer
    pointer_of.restype, pointer_of.argtypes = ctypes.c_void_p, [ctypes.py_object, ctypes.c_char_p]
    address = pointer_of(capsule, b"arrow_array_stream")
    stream, array, held = _Stream.from_address(address), _Array(), 0
    while stream.get_next(address, ctypes.byref(array)) == 0 and array.release:
        texts_in = array.n_buffers - 3  # validity, views, the texts, and last how long each of these buffers is
        held += sum(array.buffers[array.n_buffers - 1][:texts_in])
        ctypes.CFUNCTYPE(None, ctypes.POINTER(_Array))(array.release)(ctypes.byref(array))
    return held
