"""Tells a rehearsal from the real thing."""

import os


def rehearsal(cloud: str | None) -> bool | None:
    """Returns whether nothing real can be bought, as against the sandbox or an endpoint on this machine.

    `cloud` is the one that was chosen instead of the settings'; None where they decide.
    """
    endpoint = os.environ.get("RECONCILER_ENDPOINT")
    if endpoint:
        from reconciler.partner_center.http.endpoint import check_endpoint, is_local

        if is_local(check_endpoint(endpoint)):
            return True
    return None if cloud is None else cloud == "sandbox"
