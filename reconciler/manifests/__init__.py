"""The estate as people write it: YAML manifests, the offer catalogue and the settings, read into the program's words.

Promises that one reading reports every problem of every file, each with file, line, column and a remedy; that time and
memory stay bounded whatever the files hold; and that nothing outside the estate's directory is opened. Never writes,
never asks the network, never guesses what a manifest meant.
"""

from reconciler.manifests.changes import Changes, changes
from reconciler.manifests.editors import KINDS, json_schema
from reconciler.manifests.estate import Estate, read, read_catalogue
from reconciler.manifests.files import is_manifest
from reconciler.manifests.settings import read_settings

__all__ = [
    "KINDS",
    "Changes",
    "Estate",
    "changes",
    "is_manifest",
    "json_schema",
    "read",
    "read_catalogue",
    "read_settings",
]
