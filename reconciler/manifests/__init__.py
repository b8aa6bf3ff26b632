"""The estate as people write it: YAML manifests, the offer catalogue and the settings, read into the program's words,
and written from live subscriptions.

Promises that one reading reports every problem of every file, each with file, line, column and a remedy; that time and
memory stay bounded whatever the files hold; that nothing outside the estate's directory is opened; and that what is
written reads back as it was meant, whatever the service called its things. Never writes a file, never asks the network,
never guesses what a manifest meant.
"""

from reconciler.manifests.changes import Changes, changes
from reconciler.manifests.comments import comments_gone
from reconciler.manifests.details import Details
from reconciler.manifests.drafting import Draft
from reconciler.manifests.editing import Edits, Values, edited_file, sources_of
from reconciler.manifests.editors import KINDS, json_schema
from reconciler.manifests.estate import Estate, edited_estate, read, read_catalogue
from reconciler.manifests.files import is_manifest
from reconciler.manifests.formatting import formatted
from reconciler.manifests.live_values import Merged, live_values, merged
from reconciler.manifests.names_only import Names, names_only
from reconciler.manifests.naming import (
    RESERVED,
    customer_name,
    is_misspelt,
    is_poor,
    offer_names,
    printable,
    slug,
    unique,
)
from reconciler.manifests.plain import PlainFile, plain_file, plain_text
from reconciler.manifests.rereading import Redeclared, Rereading
from reconciler.manifests.settings import place_of_setting, read_settings
from reconciler.manifests.writing import Entry, LeftOut, Sheet, customer_text, offers_text, written_as

__all__ = [
    "KINDS",
    "RESERVED",
    "Changes",
    "Details",
    "Draft",
    "Edits",
    "Entry",
    "Estate",
    "LeftOut",
    "Merged",
    "Names",
    "PlainFile",
    "Redeclared",
    "Rereading",
    "Sheet",
    "Values",
    "changes",
    "comments_gone",
    "customer_name",
    "customer_text",
    "edited_estate",
    "edited_file",
    "formatted",
    "is_manifest",
    "is_misspelt",
    "is_poor",
    "json_schema",
    "live_values",
    "merged",
    "names_only",
    "offer_names",
    "offers_text",
    "place_of_setting",
    "plain_file",
    "plain_text",
    "printable",
    "read",
    "read_catalogue",
    "read_settings",
    "slug",
    "sources_of",
    "unique",
    "written_as",
]
