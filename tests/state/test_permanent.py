"""Refusals of an object store that no waiting lifts: the message says what lasts, and who lifts it."""

import json
from collections.abc import Iterator

import pytest

from reconciler import advice
from reconciler.model.errors import StateUnavailable
from reconciler.state import Store
from reconciler.state.object_store import ObjectStore
from reconciler.state.permanent import PERMANENT, STATUSES
from tests.state.object_server import ObjectServer, object_server
from tests.state.states import LINEAGE

SECRET = "made-up-secret-of-the-answer"


def xml(code: str, message: str = "", **details: str) -> str:
    """An answer of Azure Blob Storage, Amazon S3 or Google's XML interface."""
    more = "".join(f"<{name}>{value}</{name}>" for name, value in details.items())
    told = f"<Code>{code}</Code><Message>{message}\nRequestId:5b1f</Message><AWSAccessKeyId>{SECRET}</AWSAccessKeyId>"
    return f'<?xml version="1.0" encoding="utf-8"?><Error>{told}{more}</Error>'


def google(status: int, reason: str, message: str) -> str:
    """An answer of Google's JSON interface."""
    error = {"code": status, "message": message, "errors": [{"domain": "global", "reason": reason, "message": message}]}
    return json.dumps({"error": error})


FRAME = "Signature not valid in the specified time frame: Start [Sat, 01 Nov 2025] - Expiry [Sun, 02 Nov 2025]"
KMS = "User: arn:aws:iam::1:role/x is not authorized to perform: kms:GenerateDataKey on resource: arn:aws:kms:1"
PAYS = "Bucket is a requester pays bucket but no user project provided."

LEASE, ARCHIVE, RETENTION, KEY = "holds a lease", "an archive", "retention policy or a hold", "can't use the key"
ANSWERS = [
    ("az", "PUT", 412, xml("LeaseIdMissing", "There is currently a lease on the blob"), LEASE, "lease break"),
    ("az", "PUT", 412, xml("LeaseIdMismatchWithBlobOperation"), LEASE, "lease break"),
    ("az", "PUT", 412, xml("LeaseLost"), LEASE, "lease break"),
    ("az", "PUT", 409, xml("LeaseAlreadyPresent"), LEASE, "lease break"),
    ("az", "GET", 409, xml("BlobArchived", "not permitted on an archived blob"), ARCHIVE, "lifecycle"),
    ("az", "PUT", 409, xml("BlobArchived"), ARCHIVE, "hours"),
    ("az", "PUT", 409, xml("BlobBeingRehydrated"), ARCHIVE, "hours"),
    ("s3", "GET", 403, xml("InvalidObjectState", StorageClass="GLACIER"), ARCHIVE, "lifecycle"),
    ("az", "PUT", 409, xml("BlobImmutableDueToPolicy"), RETENTION, "administrator"),
    ("gs", "PUT", 403, xml("RetentionPolicyNotMet"), RETENTION, "administrator"),
    ("gs", "PUT", 403, google(403, "objectUnderActiveHold", "Object is under active hold"), RETENTION, "administrator"),
    ("s3", "PUT", 409, xml("FileImmutable"), RETENTION, "administrator"),
    ("az", "PUT", 409, xml("EndpointUnsupportedAccountFeatures"), "does not support this operation", "If-Match"),
    ("az", "GET", 409, xml("FeatureVersionMismatch"), "does not support this operation", "elsewhere"),
    ("az", "GET", 400, xml("UnsupportedHeader"), "does not support this operation", "elsewhere"),
    ("az", "PUT", 403, xml("WriteOperationNotSupportedOnSecondary"), "does not support this operation", "elsewhere"),
    ("s3", "PUT", 405, xml("MethodNotAllowed"), "does not support this operation", "elsewhere"),
    ("s3", "PUT", 501, xml("NotImplemented", "A header you provided implies"), "does not support this", "elsewhere"),
    ("s3", "PUT", 501, "", "does not support this operation", "elsewhere"),
    ("s3", "GET", 409, xml("InvalidBucketState"), "does not support this operation", "elsewhere"),
    ("az", "PUT", 409, xml("InvalidBlobType"), "no block blob", "Move it away"),
    ("az", "PUT", 409, xml("ResourceTypeMismatch"), "no block blob", "Move it away"),
    ("az", "GET", 403, xml("KeyVaultEncryptionKeyNotFound"), KEY, "key vault"),
    ("az", "PUT", 403, xml("KeyVaultAccessTokenCannotBeAcquired"), KEY, "key vault"),
    ("s3", "PUT", 400, xml("KMS.DisabledException", "arn:aws:kms:1:key/1 is disabled"), KEY, "enable it again"),
    ("s3", "GET", 400, xml("KMS.NotFoundException"), KEY, "enable it again"),
    ("s3", "GET", 400, xml("KMS.KMSInvalidStateException", "pending deletion"), KEY, "enable it again"),
    ("s3", "PUT", 403, xml("AccessDenied", KMS), KEY, "permit its use"),
    ("gs", "GET", 400, google(400, "cloudKmsDisabledKey", "The key is disabled"), KEY, "enable it again"),
    ("az", "GET", 409, xml("BlobUsesCustomerSpecifiedEncryption"), "requests must bring along", "customer-provided"),
    ("gs", "GET", 400, google(400, "resourceIsEncryptedWithCustomerEncryptionKey", "x"), "bring along", "customer"),
    ("az", "PUT", 403, xml("AccountIsDisabled"), "is disabled, suspended", "owns the cloud account"),
    ("az", "PUT", 409, xml("ContainerDisabled"), "is disabled, suspended", "owns the cloud account"),
    ("az", "PUT", 403, xml("InsufficientAccountPermissions"), "is disabled, suspended", "owns the cloud account"),
    ("s3", "GET", 403, xml("AccountProblem"), "is disabled, suspended", "billing"),
    ("s3", "GET", 403, xml("AllAccessDisabled"), "is disabled, suspended", "billing"),
    ("s3", "GET", 403, xml("NotSignedUp"), "is disabled, suspended", "billing"),
    ("s3", "GET", 403, xml("UserSuspended"), "is disabled, suspended", "billing"),
    ("gs", "GET", 403, google(403, "accountDisabled", "The account is disabled"), "is disabled, suspended", "billing"),
    ("gs", "GET", 402, "", "is disabled, suspended", "billing"),
    ("s3", "GET", 403, xml("InvalidPayer"), "requester pays", "switch requester pays off"),
    ("gs", "GET", 400, xml("UserProjectMissing", PAYS), "requester pays", "switch requester pays off"),
    ("gs", "GET", 403, google(403, "forbidden", PAYS), "requester pays", "switch requester pays off"),
    ("s3", "PUT", 403, xml("QuotaExceeded"), "no room left", "raise the quota"),
    ("s3", "PUT", 409, xml("XMinioAdminBucketQuotaExceeded"), "no room left", "raise the quota"),
    ("s3", "PUT", 507, xml("XMinioStorageFull"), "no room left", "make room"),
    ("s3", "PUT", 507, "", "no room left", "make room"),
    ("gs", "PUT", 403, xml("InsufficientQuota"), "no room left", "raise the quota"),
    ("az", "GET", 403, xml("AuthorizationSourceIPMismatch"), "this machine's network", "firewall"),
    ("gs", "GET", 403, google(403, "vpcServiceControls", "x"), "this machine's network", "admit"),
    ("az", "GET", 403, xml("KeyBasedAuthenticationNotPermitted"), "this kind of sign-in", "workload identity"),
    ("az", "GET", 409, xml("PublicAccessNotPermitted"), "this kind of sign-in", "workload identity"),
    ("az", "GET", 403, xml("AuthenticationFailed", AuthenticationErrorDetail=FRAME), "expired", "issue a new one"),
    ("az", "GET", 403, xml("AuthorizationServiceMismatch"), "does not cover", "issue one for the container"),
    ("az", "GET", 403, xml("AuthorizationResourceTypeMismatch"), "does not cover", "issue one for the container"),
    ("s3", "GET", 301, xml("PermanentRedirect", Endpoint="x.amazonaws.com"), "another region", "Set AWS_REGION"),
    ("s3", "GET", 400, xml("AuthorizationHeaderMalformed", Region="eu-west-1"), "another region", "Set AWS_REGION"),
    ("s3", "PUT", 400, xml("IllegalLocationConstraintException"), "another region", "Set AWS_REGION"),
    ("s3", "GET", 400, xml("SomethingNobodyKnows"), "400 (SomethingNobodyKnows)", "does not pass by itself"),
]


@pytest.fixture(scope="module")
def server() -> Iterator[ObjectServer]:
    with object_server() as running:
        yield running


def refused(location: str, method: str, pauses: list[float]) -> str:
    """Returns the message, on one line, of a read or a write that is refused."""
    store = Store(ObjectStore(location, pause=pauses.append))
    with pytest.raises(StateUnavailable) as error:
        store.lineage() if method == "GET" else store.establish(LINEAGE)
    problem = error.value.problems[0]
    return f"{problem.what} {problem.remedy}"


@pytest.mark.parametrize(("scheme", "method", "status", "body", "lasts", "who"), ANSWERS)
def test_a_refusal_that_lasts_says_what_lasts_and_who_lifts_it(
    server: ObjectServer,
    monkeypatch: pytest.MonkeyPatch,
    scheme: str,
    method: str,
    status: int,
    body: str,
    lasts: str,
    who: str,
) -> None:
    location = server.enter(scheme, monkeypatch)
    monkeypatch.setattr(server, "refusals", {method: (status, body)})
    pauses: list[float] = []

    told = refused(location, method, pauses)

    assert lasts in told
    assert who in told
    assert "in a minute" not in told
    assert SECRET not in told
    assert pauses == [], "nothing that lasts is waited for"


def test_every_kind_of_refusal_and_every_status_is_played() -> None:
    kinds = {advice.row(code).description for code in (*PERMANENT.values(), *STATUSES.values())}
    assert [what for what in kinds if not any(answer[4] in what for answer in ANSWERS)] == []
    assert set(STATUSES) <= {answer[2] for answer in ANSWERS}


def test_a_lease_that_is_taken_after_the_proof_is_told_at_the_write_itself(
    server: ObjectServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float] = []
    store = Store(ObjectStore(server.enter("az", monkeypatch), pause=pauses.append))
    store.prove()
    monkeypatch.setattr(server, "refusals", {"PUT": (412, xml("LeaseIdMissing"))})
    with pytest.raises(StateUnavailable, match="holds a lease on the object"):
        store.establish(LINEAGE)
    assert pauses == []


@pytest.mark.parametrize(("status", "code"), [(503, "SlowDown"), (500, "InternalError"), (429, "TooManyRequests")])
def test_what_passes_is_still_to_be_tried_again(
    server: ObjectServer, monkeypatch: pytest.MonkeyPatch, status: int, code: str
) -> None:
    location = server.enter("s3", monkeypatch)
    monkeypatch.setattr(server, "refusals", {"PUT": (status, xml(code))})
    assert "Run it again in a minute" in refused(location, "PUT", [])
