"""`reconciler schema`."""

import click

from reconciler.cli.chosen import Chosen
from reconciler.cli.options import shared
from reconciler.cli.parameters import Choice


@click.command()
@click.argument("kind", type=Choice(["customer", "offers", "settings", "moves"]), default="customer")
@shared
def schema(kind: str, chosen: Chosen) -> None:
    """Print the JSON Schema (draft 07) of a kind of file: a customer's manifest, offers.yaml, or reconciler.yaml.

    Where the estate has offers.yaml, the customer's schema lists its names, so that an editor completes them.
    `import` writes the schemas into .schema/ beside the manifests and names them in each file's first line. By hand:

    \b
    mkdir -p manifests/.schema
    reconciler schema customer > manifests/.schema/customer.json
    # yaml-language-server: $schema=.schema/customer.json  on the first line
    """
    from reconciler.cli.actions.schema import schema

    schema(kind, chosen)
