"""Which addresses are whose: what may be fetched, where the token goes, and who must not be hurried."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit

HUGGING_FACE = "https://huggingface.co"
ARXIV = "https://arxiv.org"

_PUBLIC_HOSTS = ("huggingface.co", "hf.co", "arxiv.org", "ar5iv.org")
_ARXIV_PATHS = ("/api/query", "/abs/", "/html/", "/pdf/", "/e-print/")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """Where papers come from.  `hugging_face_token` is sent to Hugging Face's address and nowhere else."""

    hugging_face: str = HUGGING_FACE
    arxiv: str = ARXIV
    hugging_face_token: str | None = field(default=None, repr=False)

    def allows(self, url: str) -> bool:
        """Whether anything may be fetched from there: the sources as configured, and their public hosts by https."""
        return _is_public(url) or _origin(url) in {_origin(self.hugging_face), _origin(self.arxiv)}

    @property
    def private(self) -> frozenset[tuple[str, int]]:
        """Host and port of the base addresses that are not public hosts: those may lie in a private network."""
        bases = (base for base in (self.hugging_face, self.arxiv) if not _is_public(base))
        origins = (_origin(base) for base in bases)
        return frozenset((host, port) for _, host, port in origins if host is not None and port is not None)

    def is_arxiv(self, url: str) -> bool:
        """Whether arXiv answers there.  One address may serve both sources, so the path counts too."""
        if _is_within(url, "arxiv.org"):
            return True
        path = urlsplit(url).path.removeprefix(urlsplit(self.arxiv).path.rstrip("/"))
        return _origin(url) == _origin(self.arxiv) and path.startswith(_ARXIV_PATHS)

    def name(self, url: str) -> str:
        """The source's name for people."""
        return "arXiv" if self.is_arxiv(url) else "Hugging Face"

    def token_for(self, url: str) -> str | None:
        """The token to be shown there."""
        is_hugging_face = _origin(url) == _origin(self.hugging_face) and not self.is_arxiv(url)
        return self.hugging_face_token if is_hugging_face else None


def _is_public(url: str) -> bool:
    return urlsplit(url).scheme == "https" and any(_is_within(url, host) for host in _PUBLIC_HOSTS)


def _is_within(url: str, host: str) -> bool:
    given = urlsplit(url).hostname or ""
    return given == host or given.endswith(f".{host}")


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)
