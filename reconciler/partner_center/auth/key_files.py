"""Reads a certificate and its private key from a PEM or PFX file, and tells what else a file is.

Every function raises Unfit, with what the file is instead, where it is not what is needed.
"""

import base64
import binascii
import re
from collections.abc import Callable
from typing import Any

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa, x448, x25519
from cryptography.hazmat.primitives.serialization import load_der_private_key, load_pem_private_key, pkcs12

from reconciler.partner_center.auth.secret_files import Unfit

_BLOCK = re.compile(rb"-----BEGIN ([A-Z0-9 ]+)-----.*?-----END \1-----", re.DOTALL)
_BEGIN = re.compile(rb"-----BEGIN ([A-Z0-9 ]+)-----")
_PFX = re.compile(rb"\x30(?:[\x00-\x7f]|\x80|\x81.|\x82..|\x83...)\x02\x01\x03", re.DOTALL)
_CERTIFICATES = {b"CERTIFICATE", b"X509 CERTIFICATE"}
_UNREADABLE = (ValueError, TypeError, UnsupportedAlgorithm)
_OTHERS: tuple[tuple[bytes, str], ...] = (
    (b"\xfe\xed\xfe\xed", "a Java key store"),
    (b"PuTTY-User-Key-File", "a PuTTY key"),
    (b"ssh-", "a public key of SSH"),
    (b"{", "a JSON document"),
    (b"PK\x03\x04", "a ZIP archive"),
)
_KINDS: tuple[tuple[type | tuple[type, ...], str], ...] = (
    (ec.EllipticCurvePrivateKey, "an EC key"),
    (dsa.DSAPrivateKey, "a DSA key"),
    ((ed25519.Ed25519PrivateKey, ed448.Ed448PrivateKey), "an Ed25519 or Ed448 key"),
    ((x25519.X25519PrivateKey, x448.X448PrivateKey), "an X25519 or X448 key"),
)


def pair(content: bytes, password: str | None) -> tuple[rsa.RSAPrivateKey, x509.Certificate]:
    """The private RSA key and its own certificate."""
    if not content.strip():
        raise Unfit("it is empty")
    secret = password.encode() if password else None
    if _BEGIN.search(content):
        return _of_pem(content, secret)
    if _PFX.match(content):
        return _of_pfx(content, secret)
    raise Unfit(_instead(content))


def _of_pem(content: bytes, password: bytes | None) -> tuple[rsa.RSAPrivateKey, x509.Certificate]:
    blocks = [(match[1], match[0]) for match in _BLOCK.finditer(content)]
    if len(blocks) < len(_BEGIN.findall(content)):
        raise Unfit("it is a PEM file that is cut off: a block has no end")
    chain = [_certificate(block) for label, block in blocks if label in _CERTIFICATES]
    keys = [_key(label, block, password) for label, block in blocks if label.endswith(b"PRIVATE KEY")]
    if not keys:
        held = " and ".join(sorted({label.decode().lower() for label, _ in blocks}))
        raise Unfit(f"it is a PEM file without a private key (it holds: {held})")
    if not chain:
        raise Unfit("it is a PEM file with a private key and without its certificate")
    fitting = [_rsa(key) for key in keys if isinstance(key, rsa.RSAPrivateKey)] or [_rsa(keys[0])]
    for key in fitting:
        for certificate in chain:
            if _belongs(certificate, key):
                return key, certificate
    whose = "its private key is" if len(keys) == 1 else f"none of its {len(keys)} private keys is"
    raise Unfit(f"{whose} {'not ' if len(keys) == 1 else ''}the certificate's")


def _of_pfx(content: bytes, password: bytes | None) -> tuple[rsa.RSAPrivateKey, x509.Certificate]:
    try:
        key, certificate, _ = pkcs12.load_key_and_certificates(content, password)
    except UnsupportedAlgorithm:
        raise Unfit("it is a PFX file that is encrypted in a way which this machine does not know") from None
    except (ValueError, TypeError):
        why = "the password is not its own" if password else "it needs a password, and none is set"
        raise Unfit(f"it is a PFX file, and {why}, or it is damaged") from None
    if key is None:
        raise Unfit("it is a PFX file without a private key")
    if certificate is None:
        raise Unfit("it is a PFX file without the private key's certificate")
    if not _belongs(certificate, found := _rsa(key)):
        raise Unfit("its private key is not the certificate's")
    return found, certificate


def _certificate(block: bytes) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(block.replace(b"X509 CERTIFICATE", b"CERTIFICATE"))
    except _UNREADABLE:
        raise Unfit("a certificate in it is damaged") from None


def _key(label: bytes, block: bytes, password: bytes | None) -> Any:
    hidden = label == b"ENCRYPTED PRIVATE KEY" or b"\nProc-Type: 4,ENCRYPTED" in block.replace(b"\r", b"")
    if label == b"OPENSSH PRIVATE KEY":
        raise Unfit("its private key has the format of OpenSSH; convert it: ssh-keygen -p -m PKCS8")
    if hidden and not password:
        raise Unfit("its private key is encrypted, and no password is set")
    try:
        return load_pem_private_key(block, password if hidden else None)
    except _UNREADABLE:
        why = "is encrypted, and the password is not its own, or it is damaged" if hidden else "is damaged"
        raise Unfit(f"its private key {why}") from None


def _rsa(key: Any) -> rsa.RSAPrivateKey:
    if isinstance(key, rsa.RSAPrivateKey):
        return key
    kind = next((name for kinds, name in _KINDS if isinstance(key, kinds)), "a key of another kind")
    raise Unfit(f"it holds {kind}; Microsoft's directory takes RSA keys only")


def _belongs(certificate: x509.Certificate, key: rsa.RSAPrivateKey) -> bool:
    try:
        return certificate.public_key() == key.public_key()
    except _UNREADABLE:
        return False


def _instead(content: bytes) -> str:
    """Returns what a file is that is neither PEM nor PFX."""
    if _loads(x509.load_der_x509_certificate, content):
        return "it is a certificate in DER, without a private key"
    if _loads(lambda data: load_der_private_key(data, None), content):
        return "it is a private key in DER, without a certificate"
    if _loads(x509.load_der_x509_csr, content):
        return "it is a request for a certificate (CSR)"
    decoded = _from_base64(content)
    if decoded:
        return f"it is {_in_base64(decoded)} in base64; decode it first: base64 -d"
    named = next((name for start, name in _OTHERS if content.lstrip().startswith(start)), None)
    return f"it is {named}" if named else "it is neither a PEM nor a PFX file"


def _loads(load: Callable[[bytes], object], content: bytes) -> bool:
    try:
        load(content)
    except _UNREADABLE:
        return False
    return True


def _from_base64(content: bytes) -> bytes | None:
    try:
        found = base64.b64decode(b"".join(content.split()), validate=True)
    except binascii.Error:
        return None
    return found if found[:1] == b"\x30" or _BEGIN.search(found) else None


def _in_base64(content: bytes) -> str:
    if _BEGIN.search(content):
        return "a PEM file"
    return "a PFX file" if _PFX.match(content) else "a DER file"
