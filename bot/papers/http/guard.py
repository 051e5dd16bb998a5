"""Keeping requests from going where they must not (server-side request forgery).

Whatever name an address holds, and wherever a redirect leads, a connection is opened only to a public address of the
internet: the name is looked up once, every address found is checked, and the connection goes to one of those checked,
so that a name that changes its meaning in between gains nothing.  Only base addresses that were set by whoever runs
the bot may lie in a private network.  Answers are unpacked in small steps, so that none can swell past its cap.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import TYPE_CHECKING

import httpcore
import httpx

from bot.papers.http.patience import Refused

if TYPE_CHECKING:
    from ipaddress import IPv4Address, IPv6Address

PUBLIC_PORT = 443

_NAT64 = ipaddress.ip_network("64:ff9b::/96")  # RFC 6052
_V4_COMPATIBLE = ipaddress.ip_network("::/96")  # RFC 4291, deprecated
_GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")  # all of IPv6 that IANA has given out (RFC 4291, section 2.4)
_SPECIAL = tuple(  # of IANA's special-purpose registries, what some versions of Python take for global
    map(
        ipaddress.ip_network,
        (
            "192.0.0.0/24",  # RFC 6890, protocol assignments
            "192.88.99.0/24",  # RFC 7526, 6to4 relays, deprecated; leads into whoever relays
            "2001::/23",  # RFC 2928, protocol assignments
            "3fff::/20",  # RFC 9637, documentation
        ),
    )
)

Resolver = Callable[[str, int], Awaitable[Sequence[str]]]


class ForbiddenAddress(Refused):
    """The source of papers leads to an address that must not be asked."""


async def look_up(host: str, port: int) -> list[str]:
    """The addresses of a name, as the system resolves it.  Raises `OSError` if it has none."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[4][0]) for address in found]


def is_public(address: str) -> bool:
    """Whether an IP address is one of the internet's: not private, loopback, link-local, shared, or a way round that.

    An IPv4 address within an IPv6 one (mapped, 6to4, Teredo, NAT64) counts as itself.
    """
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    inner = _within(parsed) if parsed.version == 6 else None
    if inner is not None:
        return is_public(str(inner))
    if parsed.version == 6 and parsed not in _GLOBAL_UNICAST:
        return False
    return parsed.is_global and not parsed.is_multicast and not any(parsed in network for network in _SPECIAL)


def _within(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that an IPv6 one stands for."""
    if address.ipv4_mapped or address.sixtofour:
        return address.ipv4_mapped or address.sixtofour
    if address.teredo:
        return address.teredo[1]
    if address in _NAT64 or address in _V4_COMPATIBLE:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return None


class GuardedNetwork(httpcore.AsyncNetworkBackend):
    """Opens connections for httpcore, to checked addresses alone.

    Args:
        trusted: (host, port) of the base addresses that were set; these are not checked.
        resolve: looks names up.
        inner: opens the connections.
    """

    def __init__(
        self,
        trusted: Iterable[tuple[str, int]] = (),
        *,
        resolve: Resolver = look_up,
        inner: httpcore.AsyncNetworkBackend | None = None,
    ) -> None:
        self._trusted = frozenset(trusted)
        self._resolve = resolve
        self._inner = inner or httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's own signature
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to one of the host's addresses.

        Raises:
            ForbiddenAddress: any of them is not public, or the port is not that of https.
            httpcore.ConnectError: there are none, or none of them answers.
        """
        target = host if (host, port) in self._trusted else None
        addresses = [target] if target else await self._checked(host, port)
        failure: Exception = httpcore.ConnectError("the name has no address")
        for address in addresses:
            try:
                return await self._inner.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's own signature
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Never."""
        raise ForbiddenAddress

    async def sleep(self, seconds: float) -> None:
        """Wait, for httpcore's own retries."""
        await self._inner.sleep(seconds)

    async def _checked(self, host: str, port: int) -> list[str]:
        if port != PUBLIC_PORT:
            raise ForbiddenAddress
        try:
            addresses = list(dict.fromkeys(await self._resolve(host, port)))
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError("the name has no address") from error
        if not all(map(is_public, addresses)):
            raise ForbiddenAddress
        return addresses


class GuardedTransport(httpx.AsyncHTTPTransport):
    """httpx's own transport on a `GuardedNetwork`; no proxy from the environment leads round it."""

    def __init__(self, network: GuardedNetwork, *, max_connections: int = 20) -> None:
        certificates = httpx.create_ssl_context(trust_env=False)  # takes 50 ms
        super().__init__(verify=certificates, trust_env=False)
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=certificates,
            max_connections=max_connections,
            network_backend=network,
        )
