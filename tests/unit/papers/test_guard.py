"""Where a connection may go."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import httpcore
import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.papers.http.guard import ForbiddenAddress, GuardedNetwork, GuardedTransport, is_public

PRIVATE = (
    "127.0.0.1", "127.8.8.8", "0.0.0.1", "10.0.0.1", "172.16.5.4", "192.168.1.1", "169.254.169.254", "100.64.0.1",
    "192.0.2.1", "198.18.0.1", "224.0.0.1", "255.255.255.255", "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1",
    "fd00:ec2::254", "ff02::1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "2002:7f00:1::", "2002:a9fe:a9fe::1",
    "64:ff9b::127.0.0.1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::10.0.0.1", "::127.0.0.1",
    "2001:0:4136:e378:8000:63bf:80ff:fffe", "2001:db8::1", "not an address", "",
    "192.88.99.1", "192.88.99.254", "2002:c058:6301::1", "::ffff:192.88.99.1",
    "fec0::1", "::ffff:0:127.0.0.1", "::ffff:0:8.8.8.8", "64:ff9b:2::8.8.8.8", "3fff::1", "5f00::1", "100::1",
    "100:0:0:1::1", "192.0.0.8", "192.0.0.170", "2001:2::1", "2001:10::1", "4000::1", "1::1",
)  # fmt: skip
PUBLIC = ("151.101.3.42", "8.8.8.8", "2a04:4e42::810", "::ffff:151.101.3.42", "64:ff9b::9765:32a", "2606:4700::1111")
SPELLINGS_OF_LOCALHOST = (
    "localhost", "127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.1", "[::1]", "[::ffff:127.0.0.1]",
    "localhost.", "127.0.0.1.nip.io",
)  # fmt: skip


class Sockets(httpcore.AsyncNetworkBackend):
    """Writes down where connections go, and opens none."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's own signature
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        self.asked.append(host)
        raise httpcore.ConnectError("there is no network")


class Names:
    """Names whose meaning changes with each time they are looked up; the last one stays."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.answers = answers
        self.times = 0

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        self.times += 1
        return self.answers[min(self.times, len(self.answers)) - 1]


@pytest.mark.parametrize("address", PRIVATE)
def test_what_is_not_the_internet_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_addresses_of_the_internet_are_public(address: str) -> None:
    assert is_public(address)


@given(
    st.ip_addresses(v=4, network="10.0.0.0/8"),
    st.sampled_from(["::ffff:{}", "::ffff:0:{}", "64:ff9b::{}", "64:ff9b:1::{}", "::{}", "{}"]),
)
def test_no_dress_makes_a_private_address_public(address: object, dress: str) -> None:
    assert not is_public(dress.format(address))


@given(st.text())
def test_any_text_can_be_asked_about(text: str) -> None:
    assert is_public(text) in (True, False)


async def test_the_connection_goes_to_the_address_that_was_checked() -> None:
    sockets, names = Sockets(), Names(["151.101.3.42"], ["127.0.0.1"])
    with pytest.raises(httpcore.ConnectError):
        await GuardedNetwork(resolve=names, inner=sockets).connect_tcp("arxiv.org", 443)
    assert (sockets.asked, names.times) == (["151.101.3.42"], 1)


async def test_a_name_that_changes_its_meaning_is_refused_the_next_time() -> None:
    sockets, names = Sockets(), Names(["151.101.3.42"], ["127.0.0.1"])
    network = GuardedNetwork(resolve=names, inner=sockets)
    with pytest.raises(httpcore.ConnectError):
        await network.connect_tcp("arxiv.org", 443)
    with pytest.raises(ForbiddenAddress):
        await network.connect_tcp("arxiv.org", 443)
    assert sockets.asked == ["151.101.3.42"]


async def test_one_private_address_among_public_ones_is_enough_to_refuse() -> None:
    sockets = Sockets()
    network = GuardedNetwork(resolve=Names(["151.101.3.42", "169.254.169.254"]), inner=sockets)
    with pytest.raises(ForbiddenAddress):
        await network.connect_tcp("arxiv.org", 443)
    assert sockets.asked == []


@pytest.mark.parametrize("port", [22, 80, 6379, 8080])
async def test_only_the_port_of_https_is_asked(port: int) -> None:
    with pytest.raises(ForbiddenAddress):
        await GuardedNetwork(resolve=Names(["151.101.3.42"]), inner=Sockets()).connect_tcp("arxiv.org", port)


async def test_a_base_address_that_was_set_may_be_private() -> None:
    sockets = Sockets()
    network = GuardedNetwork({("127.0.0.1", 8899)}, inner=sockets)
    with pytest.raises(httpcore.ConnectError):
        await network.connect_tcp("127.0.0.1", 8899)
    with pytest.raises(ForbiddenAddress):
        await network.connect_tcp("127.0.0.1", 8900)
    assert sockets.asked == ["127.0.0.1"]


async def test_a_name_without_address_is_a_failed_connection() -> None:
    async def nothing(host: str, port: int) -> Sequence[str]:
        raise OSError("no such name")

    with pytest.raises(httpcore.ConnectError):
        await GuardedNetwork(resolve=nothing, inner=Sockets()).connect_tcp("arxiv.org", 443)


@pytest.mark.parametrize("host", SPELLINGS_OF_LOCALHOST)
async def test_no_spelling_of_localhost_is_asked(host: str) -> None:
    sockets = Sockets()
    network = GuardedNetwork(resolve=Names(["127.0.0.1", "::1"]), inner=sockets)
    async with httpx.AsyncClient(transport=GuardedTransport(network)) as client:
        with pytest.raises(ForbiddenAddress):
            await client.get(f"https://{host}/latest/meta-data")
    assert sockets.asked == []
