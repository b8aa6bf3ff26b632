"""Carries out `reconciler schema`."""

from reconciler.cli.chosen import Chosen
from reconciler.cli.terminal import output
from reconciler.cli.wiring import Wiring
from reconciler.manifests.editors import json_schema
from reconciler.manifests.estate import read_catalogue


def schema(kind: str, chosen: Chosen) -> None:
    """Prints the JSON Schema of a kind of file; a customer's lists the names of offers.yaml."""
    names = read_catalogue(Wiring(chosen=chosen).root).offers if kind == "customer" else {}
    output(no_color=True, forms=("json",)).write(json_schema(kind, names))
