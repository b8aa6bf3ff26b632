"""A certificate: the application signs a statement with its private key, which stays here."""

from dataclasses import dataclass, field
from typing import Any, Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import Encoding

from reconciler.advice import problem
from reconciler.model.errors import AuthenticationFailed
from reconciler.partner_center.auth import key_files
from reconciler.partner_center.auth.secret_files import Unfit, content

VARIABLE = "RECONCILER_CLIENT_CERTIFICATE_PATH"
_LONGEST = 1024 * 1024
_FEWEST_BITS = 2048


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientCertificate:
    """A private key and the certificate that the directory knows it by (SHA-256 thumbprint, signed with PS256)."""

    key: RSAPrivateKey = field(repr=False)
    certificate: x509.Certificate

    @classmethod
    def read(cls, path: str, password: str | None = None, *, variable: str = VARIABLE) -> Self:
        """The certificate in a file: PEM with the private key in it, or PFX (PKCS #12).

        Raises AuthenticationFailed, which says what the file is instead and names the variable, for a file that can't
        be read, has no such content, or needs another password. Its path is not repeated.
        """
        try:
            key, certificate = key_files.pair(content(path, longest=_LONGEST), password)
            return cls(key=_fit(key), certificate=certificate)
        except Unfit as error:
            reason = problem("certificate_file_unfit", variable, why=error, variable=variable)
            raise AuthenticationFailed(reason) from None

    @property
    def thumbprint(self) -> str:
        """As the directory shows it, SHA-256."""
        return self.certificate.fingerprint(hashes.SHA256()).hex().upper()

    def for_msal(self) -> dict[str, Any]:
        public = self.certificate.public_bytes(Encoding.PEM).decode()
        return {"private_key": self.key, "public_certificate": public}

    def secrets(self) -> tuple[str, ...]:
        return ()


def _fit(key: RSAPrivateKey) -> RSAPrivateKey:
    """The key, once it has signed as it must: a failure after the directory was asked would pass for its answer."""
    if key.key_size < _FEWEST_BITS:
        raise Unfit("key_is_too_short", bits=f"{key.key_size:,}", fewest=f"{_FEWEST_BITS:,}")
    try:
        key.sign(b"", padding.PSS(padding.MGF1(hashes.SHA256()), padding.PSS.DIGEST_LENGTH), hashes.SHA256())
    except ValueError:
        raise Unfit("key_signs_nothing") from None
    return key
