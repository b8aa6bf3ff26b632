"""The users whose licences did not move: personal data, which goes to the file the user names and nowhere else."""

import csv
import io
import json

from reconciler import changes
from reconciler.documents.escaping import json_safe
from reconciler.model.event import Event, Recovered, Succeeded
from reconciler.rendering.safe import visible


class LicenseReport:
    """Collects the licence errors of an apply."""

    _COLUMNS = ("address", "subscription_id", "user_object_id", "name", "email", "codes")

    def __init__(self) -> None:
        self._rows: list[dict[str, str]] = []

    def add(self, event: Event) -> None:
        """Takes what an event says of users. Where nobody can say whose licences moved, a row without a user does."""
        if isinstance(event, Recovered) and changes.left_to_do(event.result):
            self._rows.append(self._unknown(event))
        if not isinstance(event, Succeeded):
            return
        self._rows.extend(
            {
                "address": str(event.address),
                "subscription_id": event.result.target_subscription_id or "",
                "user_object_id": user.user_object_id,
                "name": user.name,
                "email": user.email,
                "codes": " ".join(user.codes),
            }
            for user in event.license_errors
        )

    def _unknown(self, event: Recovered) -> dict[str, str]:
        target = event.result.target_subscription_id or ""
        known = {"address": str(event.address), "subscription_id": target, "codes": "answer_lost"}
        return dict.fromkeys(self._COLUMNS, "") | known

    def text(self, suffix: str) -> str:
        """The report as JSON for `.json`, else as CSV with a header. Rows are in address order."""
        rows = sorted(self._rows, key=lambda row: (row["address"], row["user_object_id"]))
        if suffix == ".json":
            return json_safe(json.dumps(rows, indent=2, ensure_ascii=False)) + "\n"
        out = io.StringIO()
        writer = csv.DictWriter(out, self._COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows({key: visible(_inert(value)) for key, value in row.items()} for row in rows)
        return out.getvalue()


def _inert(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell
