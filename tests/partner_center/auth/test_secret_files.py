"""Files that hold a secret: whatever is found instead is told as what it is, and neither its path nor its content."""

import base64
import os
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    pkcs12,
)

from reconciler.model.errors import AuthenticationFailed
from reconciler.partner_center.auth import making
from reconciler.partner_center.auth.certificate import ClientCertificate
from reconciler.partner_center.auth.federated import TokenFile
from reconciler.partner_center.auth.refresh import RefreshTokens
from tests.partner_center.auth.directory import Directory, KeyPair, SignIns, key_pair, write

OTHER = key_pair()
BOM = b"\xef\xbb\xbf"


def private(
    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | dsa.DSAPrivateKey | ed25519.Ed25519PrivateKey,
) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def public(pair: KeyPair) -> bytes:
    return pair.certificate.public_bytes(Encoding.PEM)


def small() -> bytes:
    """A certificate of a key that is too short."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=1024)
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(x509.Name([]), x509.Name([]), key.public_key(), 1, now, now + timedelta(days=1))
    signed = builder.sign(key, hashes.SHA256())
    return signed.public_bytes(Encoding.PEM) + private(key)


def openssh(pair: KeyPair) -> bytes:
    return public(pair) + pair.key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())


def request(pair: KeyPair) -> bytes:
    return (
        x509.CertificateSigningRequestBuilder(x509.Name([])).sign(pair.key, hashes.SHA256()).public_bytes(Encoding.DER)
    )


FILES: dict[str, tuple[Callable[[KeyPair], bytes], str | None, str]] = {
    "nothing": (lambda _: b" \r\n", None, "it is empty"),
    "any text": (lambda _: b"hunter2", None, "neither a PEM nor a PFX file"),
    "UTF-16": (lambda pair: pair.pem().decode().encode("utf-16"), None, "it is UTF-16"),
    "UTF-16 without a mark": (lambda pair: pair.pem().decode().encode("utf-16-le"), None, "it is UTF-16"),
    "JSON": (lambda _: b'{"private_key": "hunter2"}', None, "it is a JSON document"),
    "too long": (lambda _: b"x" * (1024 * 1024 + 1), None, "more than 1,048,576 bytes"),
    "no key": (public, None, "without a private key (it holds: certificate)"),
    "public key": (
        lambda pair: pair.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
        None,
        "it holds: public key",
    ),
    "no certificate": (lambda pair: private(pair.key), None, "without its certificate"),
    "another's key": (lambda pair: public(pair) + private(OTHER.key), None, "its private key is not the certificate's"),
    "others' keys": (
        lambda pair: public(pair) + private(OTHER.key) + private(OTHER.key),
        None,
        "none of its 2 private keys is the certificate's",
    ),
    "cut off": (lambda pair: pair.pem()[:-40], None, "cut off"),
    "damaged key": (lambda pair: public(pair) + private(pair.key)[:900] + private(pair.key)[1000:], None, "is damaged"),
    "EC": (lambda pair: public(pair) + private(ec.generate_private_key(ec.SECP256R1())), None, "it holds an EC key"),
    "DSA": (lambda pair: public(pair) + private(dsa.generate_private_key(1024)), None, "it holds a DSA key"),
    "Ed25519": (
        lambda pair: public(pair) + private(ed25519.Ed25519PrivateKey.generate()),
        None,
        "it holds an Ed25519 or Ed448 key",
    ),
    "small": (lambda _: small(), None, "its RSA key has 1,024 bits"),
    "OpenSSH": (openssh, None, "has the format of OpenSSH"),
    "encrypted": (lambda pair: pair.pem(b"right"), None, "is encrypted, and no password is set"),
    "wrong password": (lambda pair: pair.pem(b"right"), "wrong-one", "the password is not its own"),
    "PFX": (lambda pair: pair.pfx(b"right"), None, "needs a password, and none is set"),
    "PFX, wrong password": (lambda pair: pair.pfx(b"right"), "wrong-one", "the password is not its own"),
    "PFX, cut": (lambda pair: pair.pfx()[:500], None, "or it is damaged"),
    "PFX, no key": (
        lambda pair: pkcs12.serialize_key_and_certificates(None, None, pair.certificate, None, NoEncryption()),
        None,
        "a PFX file without a private key",
    ),
    "PFX, another's key": (
        lambda pair: pkcs12.serialize_key_and_certificates(b"x", pair.key, None, [OTHER.certificate], NoEncryption()),
        None,
        "without the private key's certificate",
    ),
    "PFX of an EC key": (
        lambda _: pkcs12.serialize_key_and_certificates(
            b"x", ec.generate_private_key(ec.SECP256R1()), None, None, BestAvailableEncryption(b"right")
        ),
        "right",
        "certificate",
    ),
    "base64": (lambda pair: base64.encodebytes(pair.pfx()), None, "it is a PFX file in base64"),
    "DER": (lambda pair: pair.certificate.public_bytes(Encoding.DER), None, "a certificate in DER"),
    "DER key": (
        lambda pair: pair.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()),
        None,
        "a private key in DER",
    ),
    "CSR": (request, None, "a request for a certificate"),
    "key store": (lambda _: b"\xfe\xed\xfe\xed\0\0", None, "a Java key store"),
}


@pytest.mark.parametrize("kind", FILES)
def test_a_certificates_file_is_told_as_what_it_is(tmp_path: Path, certificate: KeyPair, kind: str) -> None:
    make, password, says = FILES[kind]
    path = write(tmp_path / "app", make(certificate))

    with pytest.raises(AuthenticationFailed) as refused:
        ClientCertificate.read(path, password)

    told = str(refused.value.problems)
    assert says in told
    assert "RECONCILER_CLIENT_CERTIFICATE_PATH" in told
    assert not [secret for secret in (path, "hunter2", "wrong-one") if secret in told]


@pytest.mark.parametrize(
    "make",
    [
        lambda pair: BOM + pair.pem(),
        lambda pair: pair.pem().replace(b"\n", b"\r\n") + b"\r\n\r\n",
        lambda pair: private(OTHER.key) + pair.pem(),
        lambda pair: private(ec.generate_private_key(ec.SECP256R1())) + public(OTHER) + pair.pem(),
        lambda pair: b"Bag Attributes\n  friendlyName: app\n" + pair.pem(),
    ],
    ids=["a mark", "line breaks", "several keys", "keys of several kinds", "text between"],
)
def test_what_does_no_harm_to_a_certificate_is_no_error(
    tmp_path: Path, certificate: KeyPair, make: Callable[[KeyPair], bytes]
) -> None:
    found = ClientCertificate.read(write(tmp_path / "app", make(certificate)), "a password that nothing needs")

    assert found.certificate == certificate.certificate


def readers(path: str) -> dict[str, Callable[[], object]]:
    return {
        "certificate": lambda: ClientCertificate.read(path),
        "federated token": TokenFile(path),
        "refresh token": RefreshTokens(None, path).candidates,
    }


@pytest.mark.parametrize("what", ["certificate", "federated token", "refresh token"])
@pytest.mark.parametrize("place", ["folder", "pipe", "device", "no path", "no such folder"])
def test_a_place_that_holds_no_file_is_told_at_once(tmp_path: Path, what: str, place: str) -> None:
    path = tmp_path / "place"
    match place:
        case "folder":
            path.mkdir()
        case "pipe":
            os.mkfifo(path)
        case "device":
            path = Path("/dev/zero")
        case "no path":
            path = Path("with\0in")
        case _:
            path = path / "file" / "file"

    with pytest.raises(AuthenticationFailed) as refused:
        readers(str(path))[what]()

    assert str(tmp_path) not in str(refused.value.problems)
    assert refused.value.exit_code == 8


@pytest.mark.parametrize("what", ["certificate", "federated token", "refresh token"])
def test_a_secret_in_place_of_its_path_is_recognised_and_not_repeated(certificate: KeyPair, what: str) -> None:
    secret = private(certificate.key).decode()

    with pytest.raises(AuthenticationFailed, match="looks like a PEM private key itself") as refused:
        readers(secret)[what]()

    assert secret[60:90] not in str(refused.value.problems)


@pytest.mark.parametrize("content", [BOM + b"to.ken\r\n", b"to.ken\n\n", b"to.ken"])
def test_a_mark_and_line_breaks_are_no_part_of_a_token(tmp_path: Path, content: bytes) -> None:
    path = write(tmp_path / "token", content)

    assert TokenFile(path)() == "to.ken"
    assert RefreshTokens(None, path).candidates() == ("to.ken",)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("to.ken".encode("utf-16"), "it is UTF-16"),
        ("to.ken".encode("utf-16-be"), "it is UTF-16"),
        ("to.ken".encode("utf-32"), "it is UTF-32"),
        (b"two words", "more than a token"),
        ("tökén".encode(), "no text of a token"),
        (b"to\x1bken", "control characters"),
    ],
)
def test_what_is_no_token_is_told_without_its_content(tmp_path: Path, content: bytes, says: str) -> None:
    path = write(tmp_path / "token", content)

    for what in ("federated token", "refresh token"):
        with pytest.raises(AuthenticationFailed, match=says) as refused:
            readers(path)[what]()
        assert "words" not in str(refused.value.problems)


@pytest.mark.parametrize("content", [b"", b" \n", BOM])
def test_an_empty_file_is_told_as_that(tmp_path: Path, content: bytes) -> None:
    path = write(tmp_path / "token", content)

    with pytest.raises(AuthenticationFailed, match="The file with the federated token is empty"):
        TokenFile(path)()


def test_a_token_may_come_through_a_pipe_that_somebody_writes_to(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    writer = threading.Thread(target=path.write_bytes, args=(b"to.ken\n",))
    reading = os.open(path, os.O_RDONLY | os.O_NONBLOCK)  # so that the writer may begin before the reader
    writer.start()
    writer.join()

    assert TokenFile(str(path))() == "to.ken"
    os.close(reading)


def test_azures_variable_is_named_where_it_gave_the_path(sign_in: SignIns) -> None:
    for variable in ("AZURE_FEDERATED_TOKEN_FILE", "AZURE_CLIENT_CERTIFICATE_PATH"):
        with pytest.raises(AuthenticationFailed) as refused:
            making.tokens(sign_in(**{variable: "nowhere"})).token()
        assert refused.value.problems[0].where == variable


def test_a_secret_with_a_mark_in_front_is_the_secret(directory: Directory, sign_in: SignIns) -> None:
    tokens = making.tokens(sign_in(RECONCILER_CLIENT_SECRET=f"\ufeff{directory.secret}\n"))

    assert tokens.token() == directory.issued[0]
