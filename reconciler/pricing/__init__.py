"""Price sheets: the CSV files of Partner Center become `Prices`.

Promises that every price is read as a decimal number from the column of its name, in whatever order the columns stand,
and that a sheet that lacks one is refused by its name. Never downloads a sheet, and never makes a price up.
"""

from reconciler.pricing.files import read

__all__ = ["read"]
