"""A certificate of the emulator's own, so that it can be asked over https, as msal insists on.

The private key lives as long as the process; who shall trust the certificate must be told its file.
"""

import ssl
import tempfile
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import certifi
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_NAMES = x509.SubjectAlternativeName(
    [x509.DNSName("localhost"), *(x509.IPAddress(ip_address(text)) for text in ("127.0.0.1", "::1"))]
)
_GOOD_FOR = timedelta(days=7)


def certified(trust_file: Path) -> ssl.SSLContext:
    """Returns the TLS context of a server on loopback.

    `trust_file` is for a client (SSL_CERT_FILE): the certificate, after the usual authorities, so that other addresses
    can be used beside it.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = _signed(key).public_bytes(Encoding.PEM)
    trust_file.parent.mkdir(parents=True, exist_ok=True)
    trust_file.write_bytes(Path(certifi.where()).read_bytes() + b"\n" + certificate)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "server.pem"
        file.write_bytes(certificate + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        context.load_cert_chain(file)
    return context


def _signed(key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    """Signed by itself, for servers on this machine; no authority, so whoever trusts it trusts nothing else by it."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "reconciler sandbox")])
    now = datetime.now(UTC)
    public = key.public_key()
    return (
        x509.CertificateBuilder(name, name, public, x509.random_serial_number(), now - _GOOD_FOR, now + _GOOD_FOR)
        .add_extension(_NAMES, critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .sign(key, hashes.SHA256())
    )
