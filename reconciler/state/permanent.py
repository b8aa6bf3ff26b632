"""Refusals of object stores that no waiting lifts: the services' own codes, and our code for each."""

import re
from collections.abc import Iterable, Mapping

_BY_CODE: Iterable[tuple[str, tuple[str, ...]]] = (
    ("store_lease", ("LeaseIdMissing", "LeaseIdMismatchWithBlobOperation", "LeaseIdMismatchWithContainerOperation")),
    ("store_lease", ("LeaseLost", "LeaseAlreadyPresent", "LeaseNotPresentWithBlobOperation")),
    ("store_lease", ("LeaseNotPresentWithContainerOperation",)),
    ("store_archived", ("BlobArchived", "BlobBeingRehydrated", "InvalidObjectState")),
    ("store_immutable", ("BlobImmutableDueToPolicy",)),
    ("store_immutable", ("RetentionPolicyNotMet", "ObjectUnderActiveHold", "ObjectLocked", "FileImmutable")),
    ("store_unsupported", ("NotImplemented", "MethodNotAllowed", "UnsupportedHttpVerb", "UnsupportedHeader")),
    ("store_unsupported", ("EndpointUnsupportedAccountFeatures", "FeatureVersionMismatch")),
    (
        "store_unsupported",
        ("BlobTypeNotSupportedForAccount", "OperationNotSupportedOnDirectory", "UnsupportedOperation"),
    ),
    ("store_unsupported", ("WriteOperationNotSupportedOnSecondary", "InvalidBucketState")),
    ("store_other_kind", ("InvalidBlobType", "ResourceTypeMismatch", "ObjectExistsAsDirectory")),
    ("store_other_key", ("BlobUsesCustomerSpecifiedEncryption", "BlobCustomerSpecifiedEncryptionMismatch")),
    ("store_other_key", ("CustomerEncryptionKeyIsIncorrect", "ResourceIsEncryptedWithCustomerEncryptionKey")),
    ("store_disabled", ("AccountIsDisabled", "AccountDisabled", "AccountProblem", "AllAccessDisabled", "NotSignedUp")),
    ("store_disabled", ("UserSuspended", "ContainerDisabled", "BillingDisabled")),
    ("store_disabled", ("InsufficientAccountPermissions", "UserDisable")),
    ("store_payer", ("InvalidPayer", "UserProjectMissing", "UserProjectInvalid", "UserProjectAccountProblem")),
    ("store_payer", ("UserProjectAccessDenied",)),
    (
        "store_full",
        ("QuotaExceeded", "InsufficientQuota", "StorageQuotaExceeded", "InsufficientStorage"),
    ),
    ("store_full", ("XMinioAdminBucketQuotaExceeded", "XMinioStorageFull")),
    ("store_network", ("AuthorizationSourceIPMismatch", "VpcServiceControls", "CountryBlocked")),
    ("store_sign_in_kind", ("KeyBasedAuthenticationNotPermitted", "PublicAccessNotPermitted")),
    (
        "store_sas_scope",
        ("AuthorizationResourceTypeMismatch", "AuthorizationServiceMismatch", "AuthorizationProtocolMismatch"),
    ),
    ("store_region", ("PermanentRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException")),
)
PERMANENT: Mapping[str, str] = {code.lower(): row for row, codes in _BY_CODE for code in codes}
"""Our code, by the code in the answer, in small letters."""

TEXTS: Iterable[tuple[re.Pattern[str], str]] = (
    (re.compile(r"\bkms:(?:GenerateDataKey|Decrypt|Encrypt)"), "store_key"),
    (
        re.compile(r"Signature not valid in the specified time frame|Signed expiry time .* must be after"),
        "store_sas_time",
    ),
    (re.compile(r"requester pays bucket but no user project", re.IGNORECASE), "store_payer"),
    (re.compile(r"incorrectly configured region"), "store_region"),
    (re.compile(r"(?:Read|Write) operations are currently disabled"), "store_disabled"),
)
"""By words of an answer whose code says too little."""

_OF_KEYS = re.compile(r"keyvault\w+|kms\.\w+|kms\w*exception|cloudkms\w+")
"""Codes of key services, of which there are many, in small letters."""

STATUSES: Mapping[int, str] = {
    402: "store_disabled",
    405: "store_unsupported",
    501: "store_unsupported",
    507: "store_full",
}
"""By the status of an answer without a known code."""

CODE = re.compile(r"<Code>\s*([A-Za-z][A-Za-z0-9._]{0,79})\s*</Code>|\"(?:reason|code)\":\s*\"([A-Za-z][\w.]{0,79})\"")
"""The code of an answer, in XML or JSON."""


def permanent(text: str, status: int) -> str | None:
    """Returns the code of an answer that no waiting changes; None where it may pass, or is not known."""
    codes = ["".join(match.groups("")).lower() for match in CODE.finditer(text)]
    by_code = next((PERMANENT[code] for code in codes if code in PERMANENT), None)
    if any(map(_OF_KEYS.fullmatch, codes)):
        by_code = "store_key"
    by_text = next((row for pattern, row in TEXTS if pattern.search(text)), None)
    return by_text or by_code or STATUSES.get(status)
