"""The names of the files at an estate's root that declare no customer."""

from reconciler.manifests import settings
from reconciler.manifests.moves import MOVES

OFFERS = ("offers.yaml", "offers.yml")
"""The names of the catalogue's file, at the estate's root."""


SPECIAL = (*OFFERS, *MOVES, *settings.FILES)
