"""Reads price sheets from files of the estate."""

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from stat import S_ISREG

from reconciler.advice import problem
from reconciler.model.encoding import other_encoding
from reconciler.model.errors import InvalidInput, Problem
from reconciler.model.place import Place
from reconciler.model.prices import PriceKey, PriceRow, Prices, Sheet
from reconciler.pricing.columns import Header, WrongValue

MAXIMUM_BYTES = 64 * 1024 * 1024
"""The largest sheet that is read. One of licences has about 2 MB."""

_MOST_PROBLEMS = 5
"""Rows of one file whose faults are told."""

_ZIP = b"PK\x03\x04"


def read(
    sheets: Iterable[str],
    root: Path,
    *,
    shown_as: Path | None = None,
    named_at: Callable[[str], Place | None] = lambda _name: None,
) -> Prices:
    """Reads price sheets, by their paths below the estate's root. `shown_as` is the root as messages show it.

    Raises InvalidInput with the problems of all of them: those of a sheet's content at their place in it, those of its
    path where the settings name it, as `named_at` returns it by the path; it is called only then.
    """
    problems: list[Problem] = []
    files = [_File(name, root, (shown_as or root).joinpath(name).as_posix(), named_at) for name in sheets]
    found = [sheet for file in files for sheet in _sheets(file, problems)]
    problems.extend(_two_currencies(found, {file.name: file for file in files}))
    if problems:
        raise InvalidInput.of(problems)
    return Prices(sheets=tuple(found))


@dataclass(frozen=True, slots=True)
class _File:
    """A sheet by its path below the estate's root, and as messages show it."""

    name: str
    root: Path
    shown: str
    named_at: Callable[[str], Place | None]

    def named_wrong(self, code: str, **data: object) -> Problem:
        """Returns a problem of the path, where the settings name it."""
        return problem(code, self.named_at(self.name) or self.shown, sheet=self.shown, **data)

    def at(self, line: int = 1) -> Place:
        """Returns the place of a line of the sheet."""
        return Place(file=self.shown, line=line, column=1)


def _two_currencies(sheets: Iterable[Sheet], files: Mapping[str, _File]) -> Iterator[Problem]:
    """Nobody can tell which of two currencies a market is billed in. It may have changed from one month to another:
    then no sheet has prices that begin in the month that the other is of.
    """
    of_market: dict[str, list[Sheet]] = {}
    for sheet in sheets:
        earlier = of_market.setdefault(sheet.market, [])
        other = next((other for other in earlier if _of_one_month(sheet, other)), None)
        earlier.append(sheet)
        if other:
            yield files[sheet.file].named_wrong(
                "price_sheets_of_two_currencies",
                market=sheet.market,
                month=f"{min(sheet.month, other.month):%Y-%m}",
                currency=sheet.currency,
                other=files[other.file].shown,
                other_currency=other.currency,
            )


def _of_one_month(sheet: Sheet, other: Sheet) -> bool:
    """Returns whether two sheets have prices of one month in two currencies."""
    same = sheet.month in other.months or other.month in sheet.months
    return same and sheet.currency != other.currency


def _sheets(file: _File, problems: list[Problem]) -> Iterator[Sheet]:
    content = _content(file, problems)
    text = _text(content, file, problems) if content is not None else None
    if text is not None:
        yield from _parsed(text, file, problems)


def _content(file: _File, problems: list[Problem]) -> bytes | None:
    """The bytes of a sheet; None, with the problem added, where it can't be read or is no file of the estate's."""
    path = file.root / file.name
    try:
        if not path.resolve().is_relative_to(file.root.resolve()):
            problems.append(file.named_wrong("price_sheet_leads_out"))
            return None
        known = path.stat()
        if not S_ISREG(known.st_mode):
            problems.append(file.named_wrong("price_sheet_unreadable", cause="it is no file"))
            return None
        if known.st_size > MAXIMUM_BYTES:
            problems.append(file.named_wrong("price_sheet_too_large", most=f"{MAXIMUM_BYTES:,}"))
            return None
        return path.read_bytes()
    except FileNotFoundError:
        problems.append(file.named_wrong("price_sheet_missing"))
    except OSError as error:
        cause = error.strerror or type(error).__name__
        problems.append(file.named_wrong("price_sheet_unreadable", cause=cause))
    return None


def _text(content: bytes, file: _File, problems: list[Problem]) -> str | None:
    if content.startswith(_ZIP):
        problems.append(problem("price_sheet_is_zip", file.at()))
        return None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        encoding = other_encoding(content) or "not UTF-8"
        problems.append(problem("price_sheet_encoding", file.at(), encoding=encoding))
        return None


def _parsed(text: str, file: _File, problems: list[Problem]) -> Iterator[Sheet]:
    """Yields a sheet for each market and currency of a file."""
    for (market, currency), prices in _rows(text, file, problems).items():
        months = sorted({row.starts.replace(day=1) for of_key in prices.values() for row in of_key})
        yield Sheet(
            file=file.name,
            market=market,
            currency=currency,
            month=months[-1],
            months=tuple(months),
            rows={key: tuple(of_key) for key, of_key in prices.items()},
        )


def _fitting(rows: Iterable[list[str]], header: Header) -> Iterator[list[str]]:
    """Yields the rows. Raises csv.Error for one whose values may stand below other columns."""
    for row in rows:
        if not header.fits(row):
            raise csv.Error(f"the row has {len(row)} cells, the first row {len(header.names)}")
        yield row


def _rows(text: str, file: _File, problems: list[Problem]) -> dict[tuple[str, str], dict[PriceKey, list[PriceRow]]]:
    """Returns the prices of a file by market and currency."""
    found: dict[tuple[str, str], dict[PriceKey, list[PriceRow]]] = {}
    rows, wrong = csv.reader(StringIO(text, newline=""), strict=True), 0
    try:
        header = Header(tuple(next(rows, ())))
        if missing := tuple(header.missing):
            columns, word = ", ".join(missing), "column" if len(missing) == 1 else "columns"
            problems.append(problem("price_sheet_column_missing", file.at(), columns=columns, columns_word=word))
            return {}
        for row in _fitting(rows, header):
            try:
                cells = header.cells(row)
            except WrongValue as error:
                wrong += 1
                if wrong <= _MOST_PROBLEMS:
                    column, value = error.args
                    problems.append(problem("price_sheet_value", file.at(rows.line_num), column=column, value=value))
                continue
            if cells:
                found.setdefault((cells.market, cells.currency), {}).setdefault(cells.key, []).append(cells.price)
    except csv.Error as error:
        problems.append(problem("price_sheet_not_csv", file.at(rows.line_num), cause=str(error)))
        return {}
    if not found and not wrong:
        problems.append(problem("price_sheet_empty", file.at()))
    return found
