"""A certificate: the application signs a statement with its private key, which stays here."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key, pkcs12

from reconciler.model.errors import AuthenticationFailed

_VARIABLE = "RECONCILER_CLIENT_CERTIFICATE_PATH"
_LONGEST = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientCertificate:
    """A private key and the certificate that the directory knows it by (SHA-256 thumbprint, signed with PS256)."""

    key: RSAPrivateKey = field(repr=False)
    certificate: x509.Certificate

    @classmethod
    def read(cls, path: str, password: str | None = None) -> Self:
        """The certificate in a file: PEM with the private key in it, or PFX (PKCS #12).

        Raises AuthenticationFailed for a file that can't be read, has no such content, or needs another password.
        """
        content = _content(path)
        secret = password.encode() if password else None
        try:
            key, certificate = _pem(content, secret) if b"-----BEGIN" in content else _pfx(content, secret)
        except (ValueError, TypeError):
            what = "The certificate's file can't be opened: it is no PEM or PFX file, or the password is not its own."
            raise _unusable(what, path) from None
        if certificate is None or not isinstance(key, RSAPrivateKey):
            raise _unusable("The certificate's file must hold a certificate and its private RSA key.", path)
        if certificate.public_key() != key.public_key():
            raise _unusable("The private key in the certificate's file is not the certificate's.", path)
        return cls(key=key, certificate=certificate)

    @property
    def thumbprint(self) -> str:
        """As the directory shows it, SHA-256."""
        return self.certificate.fingerprint(hashes.SHA256()).hex().upper()

    def for_msal(self) -> dict[str, Any]:
        public = self.certificate.public_bytes(Encoding.PEM).decode()
        return {"private_key": self.key, "public_certificate": public}

    def secrets(self) -> tuple[str, ...]:
        return ()


def _content(path: str) -> bytes:
    try:
        with Path(path).open("rb") as file:
            return file.read(_LONGEST)
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no path"
        raise _unusable(f"The certificate's file can't be read: {why}.", path) from None


def _pem(content: bytes, password: bytes | None) -> tuple[Any, x509.Certificate | None]:
    """The certificate is the key's own, whichever place it has in a chain."""
    key = load_pem_private_key(content[content.index(_key_begins(content)) :], password)
    chain = x509.load_pem_x509_certificates(content)
    own = (one for one in chain if one.public_key() == key.public_key())
    return key, next(own, chain[0])


def _key_begins(content: bytes) -> bytes:
    found = (line for line in content.splitlines() if line.startswith(b"-----BEGIN") and b"PRIVATE KEY" in line)
    line = next(found, None)
    if line is None:
        raise ValueError("there is no private key")
    return line


def _pfx(content: bytes, password: bytes | None) -> tuple[Any, x509.Certificate | None]:
    key, certificate, _ = pkcs12.load_key_and_certificates(content, password)
    return key, certificate


def _unusable(what: str, path: str) -> AuthenticationFailed:
    remedy = (
        f"Set {_VARIABLE} to a PEM file that holds the certificate and its private key, or to a PFX file,"
        " and RECONCILER_CLIENT_CERTIFICATE_PASSWORD to its password, if it has one."
    )
    return AuthenticationFailed.because(what, remedy, path)
