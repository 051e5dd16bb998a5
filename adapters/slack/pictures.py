"""Pictures of our own on their way to Slack: uploaded first, then shown by the id of their file.

Slack looks at an uploaded file for some seconds, in which it refuses messages that show it; `Outbox` asks again.  An
app without the scope files:write cannot upload; then a picture is told in words.
(https://docs.slack.dev/reference/block-kit/composition-objects/slack-file-object)
"""

from __future__ import annotations

from dataclasses import replace

import structlog

from adapters.slack.blocks import Uploaded
from adapters.slack.events import Address
from adapters.slack.outbox import Outbox
from bot.documents.model import Block, Document, Image
from bot.errors import Permanent

log = structlog.get_logger(__name__)


class Pictures:
    """Uploads what documents show; `hasty` as for `Outbox`."""

    def __init__(self, outbox: Outbox, *, hasty: bool = False) -> None:
        self._outbox = outbox
        self._hasty = hasty

    async def uploaded(self, document: Document, to: Address) -> Document:
        """The document with its pictures at Slack, those that can be.  Raises `Transient`."""
        return replace(document, blocks=tuple([await self._block(block, to) for block in document.blocks]))

    async def _block(self, block: Block, to: Address) -> Block:
        if not isinstance(block, Image) or block.data is None or block.url is not None:
            return block
        try:
            file = await self._outbox.upload(to, block.data, block.alt, hasty=self._hasty)
        except Permanent as error:
            log.info("picture_not_uploaded", action="upload_picture", kind=type(error).__name__)
            return block
        return Uploaded(alt=block.alt, title=block.title, file=file)
