"""The sandbox's first day, in `first_day.json`: the customers of the sample estate in `manifests/`, and a little more.

People, companies and identifiers are made up; the offers are the public ones. The manifests tell each customer's story.
Woodgrove is declared by no manifest, for `import`. The file holds what differs from the defaults of `World`.
"""

from importlib.resources import files

from reconciler.sandbox.world import World


def first_day() -> World:
    """Returns the world of the first day; the same on every machine."""
    return World.parse(files(__package__).joinpath("first_day.json").read_bytes())
