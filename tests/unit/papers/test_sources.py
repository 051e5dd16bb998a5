"""Addresses are told apart: who may be asked, who gets the token, who must not be hurried."""

from __future__ import annotations

import pytest

from bot.papers.http.sources import Sources

PUBLIC = Sources(hugging_face_token="hf_secret")
ONE_MIRROR = Sources(
    hugging_face="http://mirror.test:8899", arxiv="http://mirror.test:8899", hugging_face_token="hf_secret"
)


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("https://huggingface.co/api/daily_papers", True),
        ("https://cdn-uploads.huggingface.co/x.png", True),
        ("https://export.arxiv.org/api/query", True),
        ("https://ar5iv.labs.arxiv.org/html/2607.00001", True),
        ("http://huggingface.co/api/daily_papers", False),
        ("https://huggingface.co.example.org/", False),
        ("https://nothuggingface.co/", False),
        ("http://mirror.test:8899/", False),
        ("file:///etc/passwd", False),
    ],
)
def test_the_public_hosts_may_be_asked_by_https(url: str, allowed: bool) -> None:
    assert PUBLIC.allows(url) is allowed


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("http://mirror.test:8899/api/daily_papers", True),
        ("http://mirror.test:8900/api/daily_papers", False),
        ("http://mirror.test/api/daily_papers", False),
        ("https://mirror.test:8899/api/daily_papers", False),
    ],
)
def test_a_mirror_is_one_scheme_host_and_port(url: str, allowed: bool) -> None:
    assert ONE_MIRROR.allows(url) is allowed


def test_a_port_that_goes_without_saying_is_the_same_place() -> None:
    assert Sources(hugging_face="http://mirror.test:80").allows("http://mirror.test/api")


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/api/query?id_list=2607.00001", "arXiv"),
        ("/html/2607.00001", "arXiv"),
        ("/pdf/2607.00001", "arXiv"),
        ("/api/daily_papers", "Hugging Face"),
        ("/api/papers/2607.00001", "Hugging Face"),
        ("/papers/2607.00001.md", "Hugging Face"),
    ],
)
def test_one_mirror_may_serve_both(path: str, name: str) -> None:
    url = f"http://mirror.test:8899{path}"
    assert ONE_MIRROR.name(url) == name
    assert ONE_MIRROR.token_for(url) == ("hf_secret" if name == "Hugging Face" else None)


@pytest.mark.parametrize("url", ["https://cdn.huggingface.co/x", "http://huggingface.co/x", "https://arxiv.org/abs/x"])
def test_the_token_goes_to_the_configured_address_alone(url: str) -> None:
    assert PUBLIC.token_for("https://huggingface.co/api") == "hf_secret"
    assert PUBLIC.token_for(url) is None


def test_the_token_is_not_shown() -> None:
    assert "hf_secret" not in repr(PUBLIC)
