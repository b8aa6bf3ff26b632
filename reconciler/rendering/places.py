"""The path of a file in the repository, and the page that shows it."""

import re
from posixpath import isabs, join, normpath
from urllib.parse import quote, urlsplit

from reconciler.model.place import Place
from reconciler.rendering.view import View

_WEB = re.compile(r"(?:https?|file)://", re.IGNORECASE)

_MICROSOFT = ("microsoft.com", "office.com", "azure.com", "microsoftonline.com", "microsoftonline.cn", "azure.cn")
_MICROSOFT_US = ("microsoft.us", "office365.us", "azure.us", "microsoftonline.us")


def path(place: Place, view: View) -> str:
    """The file's path from the repository's root, as annotations want it."""
    typed, found = view.manifests or ("", "")
    if typed and place.file.startswith(f"{typed}/"):
        return normpath(join(found, place.file.removeprefix(f"{typed}/")))
    return normpath(join(view.folder, place.file))


def inside(place: Place, view: View) -> bool:
    """Returns True if the file is in the repository at all."""
    file = path(place, view)
    return not isabs(file) and file.partition("/")[0] != ".."


def source_url(place: Place, view: View) -> str | None:
    """The page that shows the place, where there is one."""
    if not view.source_url or not _WEB.match(view.source_url) or not inside(place, view):
        return None
    return view.source_url.replace("{file}", quote(path(place, view), errors="replace")).replace(
        "{line}", str(place.line)
    )


def web(url: str | None) -> str | None:
    """The address of a page as it may stand in a link, or None."""
    return url if url and _WEB.match(url) and not re.search(r"[\s<>\"'`\\]", url) else None


def microsoft(url: str | None) -> str | None:
    """The address if it leads to Microsoft's own pages, else None: no other text from outside becomes a link."""
    if not url or not web(url) or not url.lower().startswith("https://"):
        return None
    try:
        split = urlsplit(url)
        host = (split.hostname or "").lower()
    except ValueError:
        return None
    own = any(host == name or host.endswith(f".{name}") for name in _MICROSOFT + _MICROSOFT_US)
    return url if own and "@" not in split.netloc and url.isascii() else None
