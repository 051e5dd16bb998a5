"""What mail can hold, and how fast it may be sent."""

from __future__ import annotations

HTML_BYTES = 100_000  # Gmail clips what is longer than 102 KB, and with it the way to unsubscribe
AT_ONCE = 4  # connections to the server; many servers take no more from one client
PER_SECOND = 10.0  # mails; the slowest of the big relays start there
PATIENCE = 60.0  # seconds for an answer to a command; RFC 5321, section 4.5.3.2, asks for 300 of those who relay
PATIENCE_AFTER_TEXT = 600.0  # seconds for the answer to a mail's end; RFC 5321, section 4.5.3.2.6
AFTER_GREYLISTING = 300.0  # seconds until a server that put a mail off may take it (RFC 6647, section 2)
AFTER_SILENCE = 120.0  # seconds until a server that did not answer is asked again: addresses may be many
