"""The values that settings may choose between. Known to every command's help, so nothing else is imported with it."""

from typing import Literal, get_args

CloudName = Literal["worldwide", "china", "us-government", "sandbox"]
"""The values of `cloud`."""

CLOUDS: tuple[CloudName, ...] = get_args(CloudName)

SignIn = Literal[
    "client-secret",
    "certificate",
    "federated-token-file",
    "github-actions",
    "azure-pipelines",
    "refresh-token",
    "device-code",
    "access-token",
]
"""The values of `partner.auth`."""

SIGN_INS: tuple[SignIn, ...] = get_args(SignIn)
