"""State locations: a folder, or a URL of an object store with a container and a prefix.

What is refused is never repeated: it may be a connection string or a key.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from reconciler.model.withheld import RANDOM, is_random, look_of

CONTAINERS = {"az": "container", "s3": "bucket", "gs": "bucket"}
"""The name that each object store has for the place of its objects, by the scheme of its locations."""


@dataclass(frozen=True, slots=True)
class Unfit:
    """The reason why a text is no state location: the code of a problem, and its data."""

    code: str
    data: Mapping[str, str] = field(default_factory=dict)


_OTHER_SCHEMES: Mapping[str, str] = {
    **dict.fromkeys(
        ("az", "azure", "azblob", "azureblob", "abfs", "abfss", "wasb", "wasbs", "adl", "blob"), "location_azure"
    ),
    **dict.fromkeys(("s3", "s3a", "s3n", "arn"), "location_s3"),
    **dict.fromkeys(("gs", "gcs", "gcp"), "location_google"),
    **dict.fromkeys(("minio", "r2", "b2", "oss", "cos", "obs", "swift", "spaces", "wasabi"), "location_s3_server"),
    **dict.fromkeys(("file", "dir", "local", "path"), "location_folder"),
    **dict.fromkeys(
        ("http", "https", "ftp", "sftp", "ssh", "smb", "nfs", "dbfs", "hdfs", "webdav"), "location_other_url"
    ),
}
"""The code for what begins with such a word and a colon. Only these words are repeated."""

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):(//)?(.*)", re.DOTALL)
_COLONS = re.compile("[:\u02d0\u05c3\u2236\ua789]")
"""The colon, and what looks like one and is none by any normal form."""

_SLASHED = re.compile(r"(\w+)[^\w/]*//|(az|s3|gs)/", re.IGNORECASE)
_DRIVE = re.compile(r"[A-Za-z]:(?![^\\/])")
_BREAKS = re.compile("[\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
_QUOTES = re.compile("[\"\u201c\u201d\u201e\u00ab\u00bb]|^['`\u2018\u2019]|['`\u2018\u2019]$")
_CONNECTION = re.compile(
    r"\b(AccountKey|SharedAccess\w*|DefaultEndpointsProtocol|\w+Endpoint|UseDevelopmentStorage|AccountName)\s*="
    r"|\b(sig|sv|X-Amz-\w+|X-Goog-\w+|AWSAccessKeyId)=|=[^/]*;|^\{(?!\{)|-----BEGIN",
    re.IGNORECASE,
)
_UNRESOLVED = re.compile(r"\$(?!(?:root|web|logs)\b)[({A-Za-z_]|\{\{|%\w+%|<\w[^>]*>")
_HOST = re.compile(
    r"[\w.-]+\.(?:blob|dfs|file)\.(?:core\.\w|storage\.azure)|[\w.-]+\.amazonaws\.com|storage\.(?:cloud\.)?google"
)

_CONTAINER = re.compile(r"[A-Za-z0-9$][A-Za-z0-9._-]*")
_SEGMENT = re.compile(r"(?!\.{1,2}$)[A-Za-z0-9._=-]+")


def unfit(location: str, *, windows: bool) -> Unfit | None:
    """Returns why the text can't be meant as a state location; None where it can."""
    return _unreadable(location) or (
        _bad_url(location) if is_url(location) else _mistaken_url(location, windows=windows) or _odd_folder(location)
    )


def is_url(location: str) -> bool:
    """Returns True if the location is one of an object store."""
    scheme, separator, _ = location.partition("://")
    return bool(separator) and scheme in CONTAINERS


def is_bare_name(location: str) -> bool:
    """Returns True if the location is a name without a sign of what it names: `state` and `a/b` may be a folder, and
    may be a container whose az:// was left out. `./state`, `../state` and an absolute path are folders and nothing
    else.
    """
    first = re.split(r"[\\/]", location, maxsplit=1)[0]
    return not is_url(location) and first not in {"", ".", ".."} and not _DRIVE.match(location)


def parts(location: str) -> tuple[str, str, str]:
    """The scheme, the container or bucket, and the prefix of a URL that is not `unfit`."""
    scheme, _, rest = location.partition("://")
    container, _, prefix = rest.rstrip("/").partition("/")
    return scheme, container, prefix


def _unreadable(location: str) -> Unfit | None:
    if not location.strip():
        return Unfit("location_empty")
    if _BREAKS.search(location):
        return Unfit("location_unseen")
    if location != location.strip():
        return Unfit("location_blank")
    if not is_url(location) and _CONNECTION.search(location):
        return Unfit("location_secret")
    if _QUOTES.search(location):
        return Unfit("location_quotes")
    if _UNRESOLVED.search(location):
        return Unfit("location_unresolved")
    return None


def _bad_url(location: str) -> Unfit | None:
    scheme, container, prefix = parts(location)
    data = {"container": CONTAINERS[scheme], "form": f"{scheme}://{CONTAINERS[scheme]}/prefix"}
    if "@" in location or "?" in location or "#" in location:
        return Unfit("location_options", data)
    if not container:
        return Unfit("location_no_container", data)
    if _CONTAINER.fullmatch(container) and (not prefix or all(map(_SEGMENT.fullmatch, prefix.split("/")))):
        return None
    return Unfit("location_not_url", data)


def _mistaken_url(location: str, *, windows: bool) -> Unfit | None:
    if _DRIVE.match(location):
        return None if windows else Unfit("location_windows_path")
    if found := _SCHEME.match(location):
        scheme = found[1].lower()
        if scheme in _OTHER_SCHEMES:
            return Unfit(_OTHER_SCHEMES[scheme], {"start": f"{scheme}:{found[2] or ''}"})
        return Unfit("location_like_url")
    if almost := _almost_url(location):
        return almost
    if found := _HOST.match(location):
        azure = ".core." in found[0] or ".azure" in found[0]
        return Unfit("location_azure" if azure else "location_s3" if "amazonaws" in found[0] else "location_google")
    if location.startswith("//") and not windows:
        return Unfit("location_slashes")
    if "\\" in location and not windows:
        return Unfit("location_windows_path", {"separator": "\\"})
    return None


def _almost_url(location: str) -> Unfit | None:
    """Returns why a text is a mistyped URL: a colon in a name that nothing marks as a folder's, `://` anywhere, or the
    word of an object store and slashes without the colon. Letters and signs count as what they look like.
    """
    normal = _COLONS.sub(":", unicodedata.normalize("NFKC", location))
    if "://" in normal or (":" in normal.partition("/")[0]):
        return Unfit("location_like_url")
    found = _SLASHED.match(normal)
    scheme = (found[1] or found[2]).lower() if found else ""
    if scheme not in _OTHER_SCHEMES:
        return None
    return Unfit(_OTHER_SCHEMES[scheme], {"start": f"{scheme}/", "folder": f"./{scheme}"})


def _odd_folder(location: str) -> Unfit | None:
    bare = not set("/\\") & set(location)
    if look := look_of(location) or (RANDOM if bare and is_random(location) else None):
        return Unfit("location_secret", {"look": look})
    if location.startswith("~"):
        return Unfit("location_tilde")
    if location.startswith("-"):
        return Unfit("location_dash")
    return Unfit("location_blank_inside") if re.search(r"\s", location) and is_bare_name(location) else None
