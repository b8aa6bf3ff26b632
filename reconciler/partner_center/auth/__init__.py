"""Signing in: tokens for Partner Center's API, and where they may go.

Promises: a token that is valid now, renewed in time and once, whatever the number of threads; a refusal that says what
is wrong and who must do what; the token goes to the API, the secret to the directory, and neither anywhere else, logs
and errors included. Never: keeps a secret that its owner didn't ask it to keep, opens a browser, judges whether a
token is genuine.

    choice       which sign-in, by the settings or by what the environment holds
    making       that sign-in, made
    tokens       a ready token
    renewal      tokens that are renewed
    secret, certificate, federated, refresh, device    the sign-ins: each gets a token its own way
    kept         the file that keeps a person's sign-in
    entra        Microsoft's directory, by msal
    failures     what the directory refuses -> what is wrong and what to do
    web          msal's requests over our transport
    claims       what a token says of itself
    identity     whom a sign-in speaks for, and what that allows
    acceptance   whether Partner Center takes it
    bearer       the token on a request
"""

from reconciler.partner_center.auth.bearer import BearerAuth
from reconciler.partner_center.auth.claims import kind_of
from reconciler.partner_center.auth.tokens import StaticToken, TokenSource

__all__ = ["BearerAuth", "StaticToken", "TokenSource", "kind_of"]
