"""What a mail server says, as the house's errors.  Codes: RFC 5321, section 4.2; its words are not passed on."""

from __future__ import annotations

import ssl

from aiosmtplib import (
    SMTPAuthenticationError,
    SMTPConnectError,
    SMTPDataError,
    SMTPException,
    SMTPRecipientRefused,
    SMTPResponseException,
    SMTPSenderRefused,
    SMTPServerDisconnected,
    SMTPTimeoutError,
)

from adapters.mail.limits import AFTER_GREYLISTING, AFTER_SILENCE
from bot.errors import BotError, ContentRejected, TargetGone, Transient, Unauthorized

BROKEN = (SMTPServerDisconnected, SMTPTimeoutError, OSError)
CHECK_URL = "Check PAPERWIRE_SMTP_URL."


def translated(error: SMTPException | OSError) -> BotError:
    """What went wrong before a mail's text had left, or what the server answered to it."""
    if _is_about(error, ssl.SSLCertVerificationError):
        return Unauthorized(f"The mail server's certificate is not trusted, or is for another name. {CHECK_URL}")
    if isinstance(error, SMTPResponseException):
        return _refusal(error)
    if _is_about(error, ssl.SSLError):
        return Unauthorized("The mail server does not speak TLS at that port. Try smtp:// in PAPERWIRE_SMTP_URL.")
    if isinstance(error, (SMTPConnectError, *BROKEN)):
        return Transient(f"The mail server does not answer. {CHECK_URL}", retry_after=AFTER_SILENCE)
    return Unauthorized(
        "The mail server offers no encryption by STARTTLS, or no way to sign in. "
        "Try smtps:// in PAPERWIRE_SMTP_URL, or another port."
    )


def _refusal(error: SMTPResponseException) -> BotError:
    if error.code < 500:
        minutes = round(AFTER_GREYLISTING / 60)
        sentence = f"The mail server asks to wait for {minutes} minutes or so (code {error.code})."
        return Transient(sentence, retry_after=AFTER_GREYLISTING)
    match error:
        case SMTPAuthenticationError():
            return Unauthorized(f"The mail server does not accept the user name and password. {CHECK_URL}")
        case SMTPRecipientRefused():
            return TargetGone(f"The mail server takes no mail for that address (code {error.code}).")
        case SMTPSenderRefused():
            return Unauthorized(f"The mail server does not let PAPERWIRE_MAIL_FROM send (code {error.code}).")
        case SMTPDataError():
            return ContentRejected(f"The mail server does not take the mail (code {error.code}).")
        case _:
            return Unauthorized(f"The mail server does not serve the bot (code {error.code}). {CHECK_URL}")


def _is_about(error: BaseException | None, kind: type[ssl.SSLError]) -> bool:
    """Whether it came from one of exactly that kind: a line that broke is an `SSLError` too, of a kind of its own."""
    while error is not None:
        if type(error) is kind:
            return True
        error = error.__cause__
    return False
