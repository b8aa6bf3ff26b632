"""Refusals of object stores that no waiting lifts: what lasts, and who lifts it. Codes are the services' own."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Permanent:
    """A refusal that no waiting lifts. `what` follows the store's name; `who` begins with who must act."""

    what: str
    who: str


_UNHARMED = "What was written before is unharmed."

_LEASE = Permanent(
    what="refuses, since somebody holds a lease on the object or the container",
    who="Whoever holds the lease must release it, or the container's administrator break it (`az storage blob lease"
    " break`, `az storage container lease break`): it may never end by itself, and reconciler takes none.",
)
_ARCHIVED = Permanent(
    what="has moved the object to an archive, from which it can't be read at once",
    who="The bucket's or container's administrator must bring it back (to the hot or standard tier) and take the"
    " state's prefix out of the lifecycle rules that archive. Bringing it back may take hours.",
)
_IMMUTABLE = Permanent(
    what="refuses, since a retention policy or a hold lets no object be overwritten",
    who="The administrator must lift it for this prefix, or you keep the state where there is none (--state): state is"
    " overwritten with every change.",
)
_UNSUPPORTED = Permanent(
    what="does not support this operation here",
    who="Whoever runs the server or the account must enable it, or you keep the state elsewhere (--state): needed are"
    " reading, writing under If-Match and If-None-Match, and listing.",
)
_OTHER_KIND = Permanent(
    what="has something else in that place: a directory, or a blob that is no block blob",
    who="Move it away, or correct the location (--state) if it is mistyped.",
)
_KEY = Permanent(
    what="can't use the key that encrypts its objects: it is disabled, deleted, not found or not permitted",
    who="Whoever administers the key (the key vault or key service) must enable it again and permit its use.",
)
_OTHER_KEY = Permanent(
    what="has the object encrypted with a key that requests must bring along",
    who="The administrator must store it without a customer-provided key; reconciler brings none.",
)
_DISABLED = Permanent(
    what="refuses, since the account, the project or the bucket is disabled, suspended or not signed up",
    who="Whoever owns the cloud account must enable it again (billing is the usual cause).",
)
_PAYER = Permanent(
    what="wants to know who pays for the request (requester pays), or that payer has no valid billing",
    who="The bucket's administrator must switch requester pays off for the bucket, or mend the payer's billing;"
    " reconciler names no payer.",
)
_QUOTA = Permanent(
    what="has no room left: a quota or a disk is full",
    who="The administrator must raise the quota or make room.",
)
_NETWORK = Permanent(
    what="refuses this machine's network or address",
    who="The account's administrator must admit it (the storage firewall, a private endpoint, the SAS token's IP"
    " range), or the run moves to a machine that is admitted.",
)
_WAY_IN = Permanent(
    what="does not permit this kind of sign-in",
    who="Sign in with an identity instead (workload identity, a managed identity), or the account's administrator"
    " permits this kind (shared keys, SAS tokens, anonymous access).",
)
_SAS = Permanent(
    what="refuses the SAS token, which is not valid at this time: it has expired, or begins later",
    who="Whoever issues it must issue a new one (AZURE_STORAGE_SAS_TOKEN). If it should be valid, check this machine's"
    " clock.",
)
_SAS_SCOPE = Permanent(
    what="refuses the SAS token, which does not cover this service, these objects or this operation",
    who="Whoever issues it must issue one for the container with the rights to read, add, create, write and list.",
)
_REGION = Permanent(
    what="has the bucket in another region",
    who="Set AWS_REGION to the region of the bucket, and run it again.",
)

_BY_CODE: Iterable[tuple[Permanent, tuple[str, ...]]] = (
    (_LEASE, ("LeaseIdMissing", "LeaseIdMismatchWithBlobOperation", "LeaseIdMismatchWithContainerOperation")),
    (_LEASE, ("LeaseLost", "LeaseAlreadyPresent", "LeaseNotPresentWithBlobOperation")),
    (_LEASE, ("LeaseNotPresentWithContainerOperation",)),
    (_ARCHIVED, ("BlobArchived", "BlobBeingRehydrated", "InvalidObjectState")),
    (_IMMUTABLE, ("BlobImmutableDueToPolicy",)),
    (_IMMUTABLE, ("RetentionPolicyNotMet", "ObjectUnderActiveHold", "ObjectLocked", "FileImmutable")),
    (_UNSUPPORTED, ("NotImplemented", "MethodNotAllowed", "UnsupportedHttpVerb", "UnsupportedHeader")),
    (_UNSUPPORTED, ("EndpointUnsupportedAccountFeatures", "FeatureVersionMismatch")),
    (_UNSUPPORTED, ("BlobTypeNotSupportedForAccount", "OperationNotSupportedOnDirectory", "UnsupportedOperation")),
    (_UNSUPPORTED, ("WriteOperationNotSupportedOnSecondary", "InvalidBucketState")),
    (_OTHER_KIND, ("InvalidBlobType", "ResourceTypeMismatch", "ObjectExistsAsDirectory")),
    (_OTHER_KEY, ("BlobUsesCustomerSpecifiedEncryption", "BlobCustomerSpecifiedEncryptionMismatch")),
    (_OTHER_KEY, ("CustomerEncryptionKeyIsIncorrect", "ResourceIsEncryptedWithCustomerEncryptionKey")),
    (_DISABLED, ("AccountIsDisabled", "AccountDisabled", "AccountProblem", "AllAccessDisabled", "NotSignedUp")),
    (_DISABLED, ("UserSuspended", "ContainerDisabled", "BillingDisabled")),
    (_DISABLED, ("InsufficientAccountPermissions", "UserDisable")),
    (_PAYER, ("InvalidPayer", "UserProjectMissing", "UserProjectInvalid", "UserProjectAccountProblem")),
    (_PAYER, ("UserProjectAccessDenied",)),
    (
        _QUOTA,
        ("QuotaExceeded", "InsufficientQuota", "StorageQuotaExceeded", "InsufficientStorage"),
    ),
    (_QUOTA, ("XMinioAdminBucketQuotaExceeded", "XMinioStorageFull")),
    (_NETWORK, ("AuthorizationSourceIPMismatch", "VpcServiceControls", "CountryBlocked")),
    (_WAY_IN, ("KeyBasedAuthenticationNotPermitted", "PublicAccessNotPermitted")),
    (
        _SAS_SCOPE,
        ("AuthorizationResourceTypeMismatch", "AuthorizationServiceMismatch", "AuthorizationProtocolMismatch"),
    ),
    (_REGION, ("PermanentRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException")),
)
PERMANENT: Mapping[str, Permanent] = {code.lower(): row for row, codes in _BY_CODE for code in codes}
"""By the code in the answer, in small letters."""

TEXTS: Iterable[tuple[re.Pattern[str], Permanent]] = (
    (re.compile(r"\bkms:(?:GenerateDataKey|Decrypt|Encrypt)"), _KEY),
    (re.compile(r"Signature not valid in the specified time frame|Signed expiry time .* must be after"), _SAS),
    (re.compile(r"requester pays bucket but no user project", re.IGNORECASE), _PAYER),
    (re.compile(r"incorrectly configured region"), _REGION),
    (re.compile(r"(?:Read|Write) operations are currently disabled"), _DISABLED),
)
"""By words of an answer whose code says too little."""

_OF_KEYS = re.compile(r"keyvault\w+|kms\.\w+|kms\w*exception|cloudkms\w+")
"""Codes of key services, of which there are many, in small letters."""

STATUSES: Mapping[int, Permanent] = {
    402: _DISABLED,
    405: _UNSUPPORTED,
    501: _UNSUPPORTED,
    507: _QUOTA,
}
"""By the status of an answer without a known code."""

CODE = re.compile(r"<Code>\s*([A-Za-z][A-Za-z0-9._]{0,79})\s*</Code>|\"(?:reason|code)\":\s*\"([A-Za-z][\w.]{0,79})\"")
"""The code of an answer, in XML or JSON."""


def permanent(text: str, status: int) -> Permanent | None:
    """Returns the meaning of an answer that no waiting changes; None where it may pass, or is not known."""
    codes = ["".join(found.groups("")).lower() for found in CODE.finditer(text)]
    by_code = next((PERMANENT[code] for code in codes if code in PERMANENT), None)
    if any(map(_OF_KEYS.fullmatch, codes)):
        by_code = _KEY
    by_text = next((row for pattern, row in TEXTS if pattern.search(text)), None)
    return by_text or by_code or STATUSES.get(status)


def wording(row: Permanent, title: str, code: str) -> tuple[str, str]:
    """Returns what happened, with the server's own code, and what to do about it."""
    return f"{title} {row.what}{code}", f"{row.who} Waiting does not help. {_UNHARMED}"
