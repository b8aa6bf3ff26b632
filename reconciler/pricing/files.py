"""Reads price sheets from files of the estate."""

import csv
from collections.abc import Iterable, Iterator
from datetime import date
from io import StringIO
from pathlib import Path

from reconciler.advice import problem
from reconciler.model.encoding import other_encoding
from reconciler.model.errors import InvalidInput, Problem
from reconciler.model.prices import PriceKey, PriceRow, Prices, Sheet
from reconciler.model.subscription import Place
from reconciler.pricing.columns import Header, WrongValue

MAXIMUM_BYTES = 64 * 1024 * 1024
"""The largest sheet that is read. One of licences has about 2 MB."""

_MOST_PROBLEMS = 5
"""Rows of one file whose faults are told."""

_ZIP = b"PK\x03\x04"


def read(sheets: Iterable[str], root: Path, *, shown_as: Path | None = None) -> Prices:
    """Reads price sheets, by their paths below the estate's root. `shown_as` is the root as messages show it.

    Raises InvalidInput with the problems of all of them.
    """
    problems: list[Problem] = []
    found = [
        sheet
        for name in sheets
        for sheet in _sheets(name, root, (shown_as or root).joinpath(name).as_posix(), problems)
    ]
    problems.extend(_two_currencies(found, (shown_as or root)))
    if problems:
        raise InvalidInput.of(problems)
    return Prices(sheets=tuple(found))


def _two_currencies(found: Iterable[Sheet], shown: Path) -> Iterator[Problem]:
    """Nobody can tell which of two currencies a market is billed in."""
    first: dict[tuple[str, date], Sheet] = {}
    for sheet in found:
        other = first.setdefault((sheet.market, sheet.month), sheet)
        if other.currency != sheet.currency:
            yield problem(
                "price_sheets_of_two_currencies",
                shown.joinpath(sheet.file).as_posix(),
                market=sheet.market,
                month=f"{sheet.month:%Y-%m}",
                currency=sheet.currency,
                other=other.file,
                other_currency=other.currency,
            )


def _sheets(name: str, root: Path, shown: str, problems: list[Problem]) -> Iterator[Sheet]:
    content = _content(root, name, shown, problems)
    text = _text(content, shown, problems) if content is not None else None
    if text is not None:
        yield from _parsed(text, name, shown, problems)


def _content(root: Path, name: str, shown: str, problems: list[Problem]) -> bytes | None:
    """The bytes of a sheet; None, with the problem added, where it can't be read or is no file of the estate's."""
    path = root / name
    try:
        if not path.resolve().is_relative_to(root.resolve()):
            problems.append(problem("price_sheet_leads_out", shown))
            return None
        if path.stat().st_size > MAXIMUM_BYTES:
            problems.append(problem("price_sheet_too_large", shown, most=f"{MAXIMUM_BYTES:,}"))
            return None
        return path.read_bytes()
    except FileNotFoundError:
        problems.append(problem("price_sheet_missing", shown))
    except OSError as error:
        problems.append(problem("price_sheet_unreadable", shown, cause=error.strerror or type(error).__name__))
    return None


def _text(content: bytes, shown: str, problems: list[Problem]) -> str | None:
    if content.startswith(_ZIP):
        problems.append(problem("price_sheet_is_zip", shown))
        return None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        encoding = other_encoding(content) or "not UTF-8"
        problems.append(problem("price_sheet_encoding", shown, encoding=encoding))
        return None


def _parsed(text: str, name: str, shown: str, problems: list[Problem]) -> Iterator[Sheet]:
    """Yields a sheet for each market and currency of a file."""
    rows = csv.reader(StringIO(text, newline=""))
    header = Header(tuple(next(rows, ())))
    if missing := tuple(header.missing):
        columns, word = ", ".join(missing), "column" if len(missing) == 1 else "columns"
        problems.append(problem("price_sheet_column_missing", shown, columns=columns, columns_word=word))
        return
    found: dict[tuple[str, str], dict[PriceKey, list[PriceRow]]] = {}
    wrong = 0
    try:
        for row in rows:
            try:
                cells = header.cells(row)
            except WrongValue as error:
                wrong += 1
                if wrong <= _MOST_PROBLEMS:
                    place = Place(file=shown, line=rows.line_num, column=1)
                    column, value = error.args
                    problems.append(problem("price_sheet_value", place, column=column, value=value))
                continue
            if cells:
                found.setdefault((cells.market, cells.currency), {}).setdefault(cells.key, []).append(cells.price)
    except csv.Error as error:
        place = Place(file=shown, line=rows.line_num, column=1)
        problems.append(problem("price_sheet_not_csv", place, cause=str(error)))
        return
    if not found and not wrong:
        problems.append(problem("price_sheet_empty", shown))
    for (market, currency), prices in found.items():
        months = sorted({row.starts.replace(day=1) for of_key in prices.values() for row in of_key})
        yield Sheet(
            file=name,
            market=market,
            currency=currency,
            month=months[-1],
            months=tuple(months),
            rows={key: tuple(of_key) for key, of_key in prices.items()},
        )
