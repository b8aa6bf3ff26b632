"""Declarative upgrades of Microsoft Partner Center subscriptions: manifests, plan, apply, state."""

__version__ = "0.1.0"
