"""What a state location can be: a folder, or a URL of an object store with a container and a prefix.

What is refused is never repeated: it may be a connection string or a key.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from reconciler.model.withheld import look_of

CONTAINERS = {"az": "container", "s3": "bucket", "gs": "bucket"}
"""What the object stores call the place of their objects, by the scheme of their locations."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfit:
    """Why a text is no state location: `what` continues "The state location", `remedy` says what to write instead."""

    what: str
    remedy: str


_ANY = "Write a folder, or az://container/prefix, s3://bucket/prefix or gs://bucket/prefix."
_AZ = "Write az://container/prefix, and set AZURE_STORAGE_ACCOUNT_NAME."
_S3 = "Write s3://bucket/prefix."
_GS = "Write gs://bucket/prefix."
_S3_SERVER = "Write s3://bucket/prefix, and set AWS_ENDPOINT_URL to the server."
_FOLDER = "Write the folder's path alone, such as /srv/reconciler/state or ./state."

_OTHER_SCHEMES: Mapping[str, str] = {
    **dict.fromkeys(("az", "azure", "azblob", "azureblob", "abfs", "abfss", "wasb", "wasbs", "adl", "blob"), _AZ),
    **dict.fromkeys(("s3", "s3a", "s3n", "arn"), _S3),
    **dict.fromkeys(("gs", "gcs", "gcp"), _GS),
    **dict.fromkeys(("minio", "r2", "b2", "oss", "cos", "obs", "swift", "spaces", "wasabi"), _S3_SERVER),
    **dict.fromkeys(("file", "dir", "local", "path"), _FOLDER),
    **dict.fromkeys(("http", "https", "ftp", "sftp", "ssh", "smb", "nfs", "dbfs", "hdfs", "webdav"), _ANY),
}
"""What to write instead of what begins so, with a colon behind it. Only these words are repeated."""

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):(//)?(.*)", re.DOTALL)
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

_VESSEL = re.compile(r"[A-Za-z0-9$][A-Za-z0-9._-]*")
_SEGMENT = re.compile(r"(?!\.{1,2}$)[A-Za-z0-9._=-]+")


def unfit(location: str, *, windows: bool) -> Unfit | None:
    """Why the text can't be meant as a state location; None where it can."""
    return _unreadable(location) or (
        _bad_url(location) if is_url(location) else _mistaken_url(location, windows=windows) or _odd_folder(location)
    )


def is_url(location: str) -> bool:
    """Whether the location is one of an object store."""
    scheme, separator, _ = location.partition("://")
    return bool(separator) and scheme in CONTAINERS


def is_bare_name(location: str) -> bool:
    """Whether the location is a name without a sign of what it names: `state` and `a/b` may be a folder, and may be a
    container whose az:// was left out. `./state`, `../state` and an absolute path are folders and nothing else.
    """
    first = re.split(r"[\\/]", location, maxsplit=1)[0]
    return not is_url(location) and first not in {"", ".", ".."} and not _DRIVE.match(location)


def parts(location: str) -> tuple[str, str, str]:
    """The scheme, the container or bucket, and the prefix of a URL that is not `unfit`."""
    scheme, _, rest = location.partition("://")
    vessel, _, prefix = rest.rstrip("/").partition("/")
    return scheme, vessel, prefix


def _unreadable(location: str) -> Unfit | None:
    if not location.strip():
        return Unfit(what="is empty", remedy=f"{_ANY} Perhaps a variable that it comes from is not set.")
    if _BREAKS.search(location):
        return Unfit(
            what="holds a line break, or another character that can't be seen",
            remedy="Write it on one line, with nothing before it and behind it.",
        )
    if location != location.strip():
        return Unfit(what="begins or ends with a blank", remedy="Remove the blank.")
    if not is_url(location) and _CONNECTION.search(location):
        return Unfit(what="is a connection string, a key or a signed address, or a part of one", remedy=_NO_SECRET)
    if _QUOTES.search(location):
        return Unfit(
            what="holds quotes", remedy="Remove them: the shell or YAML takes its own away, and these are one too many."
        )
    if _UNRESOLVED.search(location):
        return Unfit(
            what="holds a variable or a placeholder that nothing has replaced",
            remedy="Set the variable, or write the value itself.",
        )
    return None


_NO_SECRET = (
    f"{_ANY} Credentials come from the environment (`reconciler guide object-stores`); replace"
    " those that were shown to others."
)


def _bad_url(location: str) -> Unfit | None:
    scheme, vessel, prefix = parts(location)
    form = f"{scheme}://{CONTAINERS[scheme]}/prefix"
    if "@" in location or "?" in location or "#" in location:
        return Unfit(what="has credentials or options in its URL", remedy=f"Write only {form}, without @, ? and #.")
    if not vessel:
        return Unfit(what=f"names no {CONTAINERS[scheme]}", remedy=f"Write {form}.")
    if _VESSEL.fullmatch(vessel) and (not prefix or all(map(_SEGMENT.fullmatch, prefix.split("/")))):
        return None
    return Unfit(
        what=f"is not {form}",
        remedy=f"Write the {CONTAINERS[scheme]}'s name and, after a slash, a prefix of letters, digits and . _ - = /,"
        " and nothing else: no credentials and no options.",
    )


def _mistaken_url(location: str, *, windows: bool) -> Unfit | None:
    if _DRIVE.match(location):
        return None if windows else Unfit(what="is a path of Windows, and this machine is none", remedy=_FOLDER)
    if found := _SCHEME.match(location):
        scheme = found[1].lower()
        if scheme in _OTHER_SCHEMES:
            return Unfit(what=f"begins with {scheme}:{found[2] or ''}", remedy=_OTHER_SCHEMES[scheme])
        return Unfit(what="begins with a word and a colon, as a URL does", remedy=f"{_ANY} A folder: ./name.")
    if found := _HOST.match(location):
        remedy = _AZ if ".core." in found[0] or ".azure" in found[0] else _S3 if "amazonaws" in found[0] else _GS
        return Unfit(what="is the address of an object store without its scheme", remedy=remedy)
    if location.startswith("//") and not windows:
        return Unfit(what="begins with two slashes, as the end of a URL does", remedy=_ANY)
    if "\\" in location and not windows:
        return Unfit(what="is a path of Windows (\\), and this machine is none", remedy=_FOLDER)
    return None


def _odd_folder(location: str) -> Unfit | None:
    if look := look_of(location):
        return Unfit(what=f"looks like {look}", remedy=_NO_SECRET)
    if location.startswith("~"):
        return Unfit(
            what="begins with ~, which only a shell understands",
            remedy="Write a relative path, such as ./state, or an absolute one.",
        )
    if location.startswith("-"):
        return Unfit(
            what="begins with -, as an option does", remedy="Write the location behind --state; a folder: ./-x."
        )
    return None
