"""The same amount of work by others, neither over a network: as many records planned by octoDNS, as many resources by
Terraform. As many of them differ as in the estate.
"""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from subprocess import DEVNULL, CalledProcessError, run

from tests.benchmarks.estates import Estate
from tests.benchmarks.measuring import Run, python
from tests.benchmarks.workshop import Workshop, confirm, unmeasured

Peer = tuple[str, Run]
"""The name of a peer, and the cost of its plan."""

_OCTODNS = """\
manager: {max_workers: 8, plan_outputs: {plan: {class: octodns.provider.plan.PlanMarkdown}}}
providers:
  wanted: {class: octodns.provider.yaml.YamlProvider, directory: wanted, enforce_order: false}
  live: {class: live.Live, directory: live, enforce_order: false}
zones:
  example.com.: {sources: [wanted], targets: [live]}
"""
_LIVE = '''\
"""As a target, octoDNS's own provider takes no note of what is there; this one does."""

from octodns.provider.yaml import YamlProvider


class Live(YamlProvider):
    def populate(self, zone, target=False, lenient=False):
        return super().populate(zone, target=False, lenient=lenient)
'''
_RECORD = "{name}: {{type: A, ttl: {ttl}, value: 192.0.2.1}}\n"
_RESOURCE = """\
resource "terraform_data" "{name}" {{
  input = "{value}"
}}
"""
_OF_TERRAFORM = 'provider["terraform.io/builtin/terraform"]'


def peers(shop: Workshop, estate: Estate) -> Iterator[Peer]:
    """Yields the plans of the peers that are at hand, and says which are not."""
    for name, plan in (("octoDNS", octodns), ("Terraform", terraform)):
        measured = plan(shop, estate)
        if measured is not None:
            yield name, measured


def octodns(shop: Workshop, estate: Estate) -> Run | None:
    """One zone, which octoDNS is faster with than with many, and a record for each subscription. octoDNS is installed
    for the while, by pip.
    """
    command = _installed(shop.root / "octodns")
    if command is None:
        return None
    folder = _folder(shop, "octodns-estate")
    for side in ("wanted", "live"):
        (folder / side).mkdir()
    (folder / "config.yaml").write_text(_OCTODNS)
    (folder / "live.py").write_text(_LIVE)
    for at, side in enumerate(("live", "wanted")):
        records = (
            _RECORD.format(name=f"customer-{number}-{name}", ttl=values[at])
            for number in range(estate.customers)
            for name, values in _values(estate, number)
        )
        (folder / side / "example.com.yaml").write_text("---\n" + "".join(records))
    planned = shop.typical([str(command), "--config-file", "config.yaml", "--force"], folder, PYTHONPATH=str(folder))
    confirm("records that octoDNS would change", planned.out.count("| Update |"), estate.changes)
    return planned


def terraform(shop: Workshop, estate: Estate) -> Run | None:
    """A file for each customer, a resource for each subscription, of the provider that Terraform holds itself."""
    command = shutil.which("terraform")
    if command is None:
        unmeasured("Terraform's plan", "terraform is not on the PATH")
        return None
    folder = _folder(shop, "terraform-estate")
    resources = []
    for number in range(estate.customers):
        values = [(f"customer-{number}-{name}", both) for name, both in _values(estate, number)]
        text = "".join(_RESOURCE.format(name=name, value=wanted) for name, (_, wanted) in values)
        (folder / f"customer-{number}.tf").write_text(text)
        resources += [_state_of(name, live) for name, (live, _) in values]
    state = {"version": 4, "terraform_version": "1.0.0", "serial": 1, "lineage": "a", "resources": resources}
    (folder / "terraform.tfstate").write_text(json.dumps(state))
    quiet = {"CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1"}
    shop.once([command, "init", "-input=false"], folder, **quiet)
    planned = shop.typical([command, "plan", "-input=false", "-no-color"], folder, **quiet)
    confirm("resources that Terraform would change", planned.out.count("will be updated in-place"), estate.changes)
    return planned


def _values(estate: Estate, customer: int) -> Iterator[tuple[str, tuple[int, int]]]:
    """Yields each of a customer's things by name: a number as it is, and as it should be."""
    for item in estate.of(customer):
        differs = item.upgraded or item.resized
        yield item.name, (item.quantity + 1000, item.quantity + 1000 + differs)


def _state_of(name: str, value: int) -> dict[str, object]:
    text = {"value": str(value), "type": "string"}
    attributes = {"id": name, "input": text, "output": text, "triggers_replace": None}
    instance = {"schema_version": 0, "attributes": attributes, "sensitive_attributes": []}
    return {
        "mode": "managed",
        "type": "terraform_data",
        "name": name,
        "provider": _OF_TERRAFORM,
        "instances": [instance],
    }


def _folder(shop: Workshop, name: str) -> Path:
    folder = shop.root / name
    folder.mkdir()
    return folder


def _installed(place: Path) -> Path | None:
    """Installs octoDNS in an environment of its own, and returns its command; None where that fails."""
    try:
        run(python("-m", "venv", place), check=True, stdout=DEVNULL, stderr=DEVNULL)
        run((place / "bin" / "python", "-m", "pip", "install", "octodns"), check=True, stdout=DEVNULL, stderr=DEVNULL)
    except (OSError, CalledProcessError):
        unmeasured("octoDNS's plan", "it can't be installed here")
        return None
    return place / "bin" / "octodns-sync"
