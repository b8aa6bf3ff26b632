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
        raise Unfit("file_is_empty")
    secret = password.encode() if password else None
    if _BEGIN.search(content):
        return _of_pem(content, secret)
    if _PFX.match(content):
        return _of_pfx(content, secret)
    raise _instead(content)


def _of_pem(content: bytes, password: bytes | None) -> tuple[rsa.RSAPrivateKey, x509.Certificate]:
    blocks = [(match[1], match[0]) for match in _BLOCK.finditer(content)]
    if len(blocks) < len(_BEGIN.findall(content)):
        raise Unfit("pem_is_cut_off")
    chain = [_certificate(block) for label, block in blocks if label in _CERTIFICATES]
    keys = [_key(label, block, password) for label, block in blocks if label.endswith(b"PRIVATE KEY")]
    if not keys:
        held = " and ".join(sorted({label.decode().lower() for label, _ in blocks}))
        raise Unfit("pem_has_no_key", held=held)
    if not chain:
        raise Unfit("pem_has_no_certificate")
    fitting = [_rsa(key) for key in keys if isinstance(key, rsa.RSAPrivateKey)] or [_rsa(keys[0])]
    for key in fitting:
        for certificate in chain:
            if _belongs(certificate, key):
                return key, certificate
    code = "key_is_of_another_certificate" if len(keys) == 1 else "keys_are_of_another_certificate"
    raise Unfit(code, count=len(keys))


def _of_pfx(content: bytes, password: bytes | None) -> tuple[rsa.RSAPrivateKey, x509.Certificate]:
    try:
        key, certificate, _ = pkcs12.load_key_and_certificates(content, password)
    except UnsupportedAlgorithm:
        raise Unfit("pfx_has_unknown_encryption") from None
    except (ValueError, TypeError):
        raise Unfit("pfx_has_another_password" if password else "pfx_needs_a_password") from None
    if key is None:
        raise Unfit("pfx_has_no_key")
    if certificate is None:
        raise Unfit("pfx_has_no_certificate")
    if not _belongs(certificate, found := _rsa(key)):
        raise Unfit("key_is_of_another_certificate")
    return found, certificate


def _certificate(block: bytes) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(block.replace(b"X509 CERTIFICATE", b"CERTIFICATE"))
    except _UNREADABLE:
        raise Unfit("certificate_is_damaged") from None


def _key(label: bytes, block: bytes, password: bytes | None) -> Any:
    hidden = label == b"ENCRYPTED PRIVATE KEY" or b"\nProc-Type: 4,ENCRYPTED" in block.replace(b"\r", b"")
    if label == b"OPENSSH PRIVATE KEY":
        raise Unfit("key_is_of_openssh")
    if hidden and not password:
        raise Unfit("key_needs_a_password")
    try:
        return load_pem_private_key(block, password if hidden else None)
    except _UNREADABLE:
        raise Unfit("key_has_another_password" if hidden else "key_is_damaged") from None


def _rsa(key: Any) -> rsa.RSAPrivateKey:
    if isinstance(key, rsa.RSAPrivateKey):
        return key
    kind = next((name for kinds, name in _KINDS if isinstance(key, kinds)), "a key of another kind")
    raise Unfit("key_is_no_rsa_key", kind=kind)


def _belongs(certificate: x509.Certificate, key: rsa.RSAPrivateKey) -> bool:
    try:
        return certificate.public_key() == key.public_key()
    except _UNREADABLE:
        return False


def _instead(content: bytes) -> Unfit:
    """Returns what a file is that is neither PEM nor PFX."""
    if _loads(x509.load_der_x509_certificate, content):
        return Unfit("file_is_der_certificate")
    if _loads(lambda data: load_der_private_key(data, None), content):
        return Unfit("file_is_der_key")
    if _loads(x509.load_der_x509_csr, content):
        return Unfit("file_is_certificate_request")
    decoded = _from_base64(content)
    if decoded:
        return Unfit("file_is_in_base64", kind=_in_base64(decoded))
    named = next((name for start, name in _OTHERS if content.lstrip().startswith(start)), None)
    return Unfit("file_is_of_another_kind", kind=named) if named else Unfit("file_is_no_key_file")


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
