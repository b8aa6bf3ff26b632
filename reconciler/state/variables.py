"""The environment's words about an object store, checked before obstore takes them: some make that library panic."""

import re
from collections.abc import Mapping

from reconciler.advice import problem
from reconciler.model.errors import InvalidInput
from reconciler.model.withheld import description

_PREFIXES = ("AZURE_", "AWS_", "GOOGLE_")
_IN_ADDRESS = re.compile(r".*_(REGION|ENDPOINT|ENDPOINT_URL(_\w+)?|ACCOUNT_NAME|AUTHORITY_HOST|BASE_URL)")
_ADDRESS = re.compile(r"[A-Za-z0-9._:/\[\]%-]*")
_CREDENTIAL = re.compile(r".*_(KEY|KEY_ID|TOKEN|SECRET|CLIENT_ID|TENANT_ID|ROLE_ARN)")
_HEADER = re.compile(r"[\x20-\x7e]*")
_DOCUMENTS = {"GOOGLE_SERVICE_ACCOUNT_KEY"}


def check(environment: Mapping[str, str]) -> None:
    """Raises InvalidInput for the first variable that can't be part of an address, or stand in a request's header.

    Its value is not repeated: it may be a key, or one that belongs elsewhere.
    """
    for variable, value in sorted(environment.items()):
        if variable.startswith(_PREFIXES) and variable not in _DOCUMENTS and (code := _unfit(variable, value)):
            raise InvalidInput(problem(code, variable, variable=variable, shown=description(value)))


def _unfit(variable: str, value: str) -> str | None:
    if _IN_ADDRESS.fullmatch(variable):
        return None if _ADDRESS.fullmatch(value) else "variable_not_in_address"
    if _CREDENTIAL.fullmatch(variable):
        return None if _HEADER.fullmatch(value) else "variable_not_in_header"
    return None
