"""Finds errors in CSV and LIBSVM files, with file and line.

SageMaker's container uses XGBoost's own parsers, which accept almost anything. A word becomes a missing
value (0 for a label), a header becomes a row, and lines can differ in length. The model is then wrong without
any error. So local mode reports the location of such input.

For speed, a chunk is first tested for plain decimal numbers, by checking each pair of adjacent characters
(_PlainNumbers). In all other chunks, digits are replaced by 0 and only the distinct results (*shapes*) are
checked: a file with millions of numbers has a few hundred shapes.
"""

import re
from typing import Dict, Iterator, List, Optional, Set, Tuple

import numpy as np

# Chunks are small enough that their memory is reused. Larger blocks are returned to the operating system
# (forked_jobs.return_freed_memory). Chunks of 1 MiB caused 100 times as many page faults, which blocked XGBoost's
# threads.
_CHUNK = 1 << 16
_DIGITS_TO_ZERO = bytes(48 if 48 <= byte <= 57 else byte for byte in range(256))
_NUMBER = rb"[+-]?(?:0+\.?0*|\.0+)(?:[eE][+-]?0+)?"
_CSV_FIELD = re.compile(rb"\s*(?:%s|[+-]?(?i:nan|inf|infinity))?\s*" % _NUMBER)
_CSV_LABEL = re.compile(rb"\s*(?:%s)\s*" % _NUMBER)
_LIBSVM_LABEL = re.compile(rb"(?:%s)(?::(?:%s))?" % (_NUMBER, _NUMBER))
_LIBSVM_FEATURE = re.compile(rb"(?:0+|qid):(?:%s)" % _NUMBER)
_LONGEST_QUOTE = 50
# The characters that can follow each character of plain decimal numbers. `0` stands for any digit, and `,` stands for
# the delimiter.
_FOLLOWERS = {
    "\n": "0.+-", ",": "0.+-,\r\n", "+": "0.", "-": "0.", ".": "0", "0": "0.e,\r\n", "e": "0+-", "\r": "\n",
}
_KINDS = ("0", ".", "+-", "e", ",", "\r", "\n")
_TWO_POINTS = (b"..", b"ee", b"e.")


class _PlainNumbers:
    """Recognizes lines of plain decimal numbers, such as 5, -0.25, and 1e-05. Fields other than the label can be empty.
    """

    def __init__(self, separator: bytes) -> None:
        """`separator` is one byte."""
        bits = {character: 1 << number for number, kind in enumerate(_KINDS) for character in kind}
        self._bits = self._table(separator, bits)
        followers = {each: sum({bits[next] for next in nexts}) for each, nexts in _FOLLOWERS.items()}
        self._followers = self._table(separator, followers)
        self._separator = separator

    @staticmethod
    def _table(separator: bytes, values: Dict[str, int]) -> bytes:
        """The value of each byte; 0 for bytes that do not occur in plain numbers."""
        table = bytearray(256)
        for character, value in values.items():
            same = {"0": b"0123456789", "e": b"eE", ",": separator}.get(character, character.encode())
            for byte in same:
                table[byte] = value
        return bytes(table)

    def are_in(self, chunk: bytes, columns: int) -> bool:
        """Whether every line has `columns` plain numbers. Can be false for lines that the slower check accepts."""
        text = b"\n" + chunk if chunk.endswith(b"\n") else b"\n" + chunk + b"\n"
        follows = np.frombuffer(text.translate(self._bits), np.uint8)[1:]
        may_follow = np.frombuffer(text.translate(self._followers), np.uint8)[:-1]
        if not (follows & may_follow).all():
            return False
        rest = text.translate(None, b"0123456789+-\r").replace(b"E", b"e")
        if any(points in rest for points in _TWO_POINTS):
            return False
        lines = rest.translate(None, b".e")
        line = self._separator * (columns - 1) + b"\n"
        return lines == b"\n" + line * (len(lines) // len(line))


def check_csv(
    path: str, delimiter: str, columns: Optional[int] = None, algorithm: str = "XGBoost"
) -> Tuple[int, Optional[str]]:
    """Returns the number of columns and the first error in a file. If `columns` is given, each line must have that many
    columns."""
    separator = delimiter.encode()
    good: Set[bytes] = set()
    plain_numbers = _PlainNumbers(separator)
    for first_line, chunk in _chunks(path):
        if not chunk.strip(b"\r\n"):
            continue
        if columns is None:
            columns = chunk.lstrip(b"\r\n").partition(b"\n")[0].count(separator) + 1
        if plain_numbers.are_in(chunk, columns):
            continue
        lines = [line for line in chunk.split(b"\n") if line.strip(b"\r")]
        shapes = chunk.translate(_DIGITS_TO_ZERO).replace(b"\r", b"")
        fields = set(shapes.replace(b"\n", separator).split(separator)) - good
        if (
            any(line.count(separator) + 1 != columns for line in lines)
            or not all(_CSV_FIELD.fullmatch(field) for field in fields)
            or not all(_CSV_LABEL.fullmatch(label) for label in _first_fields(shapes, separator))
        ):
            return columns, _csv_fault(path, first_line, chunk, separator, columns, algorithm)
        good |= fields
    return columns or 0, None


def check_libsvm(path: str) -> Optional[str]:
    """Returns the first error in a file."""
    good_labels: Set[bytes] = set()
    good: Set[bytes] = set()
    for first_line, chunk in _chunks(path):
        labels: Set[bytes] = set()
        rests: List[bytes] = []
        for line in chunk.translate(_DIGITS_TO_ZERO).split(b"\n"):
            parts = line.split(None, 1)
            if parts:
                labels.add(parts[0])
                rests.extend(parts[1:])
        features = set(b" ".join(rests).split()) - good
        labels -= good_labels
        if not (all(map(_LIBSVM_LABEL.fullmatch, labels)) and all(map(_LIBSVM_FEATURE.fullmatch, features))):
            return _libsvm_fault(path, first_line, chunk)
        good |= features
        good_labels |= labels
    if 0 < sum(b":" in label for label in good_labels) < len(good_labels):
        return f"{path}: some lines have a weight (<label>:<weight>) and some have none. XGBoost then mixes them up."
    return None


def _first_fields(shapes: bytes, separator: bytes) -> Set[bytes]:
    return {line.split(separator, 1)[0] for line in shapes.split(b"\n") if line.strip()}


def _csv_fault(
    path: str, first_line: int, chunk: bytes, separator: bytes, columns: int, algorithm: str
) -> Optional[str]:
    for number, line in _numbered(first_line, chunk):
        fields = line.split(separator)
        for column, field in enumerate(fields):
            pattern = _CSV_FIELD if column else _CSV_LABEL
            if pattern.fullmatch(field.translate(_DIGITS_TO_ZERO)):
                continue
            if number == 1 and not any(_CSV_LABEL.fullmatch(f.translate(_DIGITS_TO_ZERO)) for f in fields):
                return (
                    f"{path}, line 1 looks like a header: {_quote(line)}. The {algorithm} algorithm expects CSV "
                    "without a header line, with the label in the first column."
                )
            if not column and not field.strip():
                return f"{path}, line {number} has no label in its first column: {_quote(line)}."
            return f"{path}, line {number}, column {column + 1}: {_quote(field)} is not a number. {_hint(field, column)}"
        if len(fields) != columns:
            return f"{path}, line {number} has {len(fields)} columns where {columns} are expected."
    return None


def _hint(field: bytes, column: int) -> str:
    if field.strip() in (b"True", b"False"):
        return "pandas writes booleans like this: use get_dummies(dtype=int) or astype(int)."
    return "Leave the field of a missing feature empty." if column else "Every row needs a label."


def _libsvm_fault(path: str, first_line: int, chunk: bytes) -> Optional[str]:
    for number, line in _numbered(first_line, chunk):
        for position, token in enumerate(line.split()):
            pattern = _LIBSVM_FEATURE if position else _LIBSVM_LABEL
            if not pattern.fullmatch(token.translate(_DIGITS_TO_ZERO)):
                expected = "<index>:<value>" if position else "a label, <number> or <number>:<weight>"
                return f"{path}, line {number}: {_quote(token)} is not {expected}."
    return None


def _chunks(path: str) -> Iterator[Tuple[int, bytes]]:
    """Splits the file into chunks of whole lines, each with the number of its first line."""
    line = 1
    rest = b""
    with open(path, "rb") as file:
        while True:
            data = file.read(max(_CHUNK, len(rest)))  # reads more of a long line at once
            if line == 1 and not rest and data.startswith(b"\xef\xbb\xbf"):
                data = data[3:]
            if not data:
                break
            data = rest + data
            end = data.rfind(b"\n") + 1
            if not end:
                rest = data
                continue
            rest = data[end:]
            yield line, data[:end]
            line += data.count(b"\n", 0, end)
    if rest:
        yield line, rest


def _numbered(first_line: int, chunk: bytes) -> Iterator[Tuple[int, bytes]]:
    lines: List[bytes] = chunk.split(b"\n")
    for offset, line in enumerate(lines):
        line = line.rstrip(b"\r")
        if line.strip():
            yield first_line + offset, line


def _quote(text: bytes) -> str:
    decoded = text.decode("utf-8", "replace").strip()
    return repr(decoded if len(decoded) <= _LONGEST_QUOTE else decoded[:_LONGEST_QUOTE] + "...")
