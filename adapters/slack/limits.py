"""Every limit of Slack that a payload of ours can meet, in one table.

Sources: Block Kit and Web API reference on docs.slack.dev; the models of slack_sdk, which check some of them; and
slackapi/bolt-js#2509 for the undocumented total, met between 12,000 and 13,300 characters of blocks with their keys.

Slack does not say whether it counts code points or UTF-16 units.  `size` counts UTF-16 units, the larger of the two.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

Json = dict[str, object]

TEXT = 3_000  # top-level text; Slack advises 4,000 at most and cuts at 40,000
BLOCKS_PER_MESSAGE = 50
BLOCKS_PER_VIEW = 100
BLOCKS_TOTAL = 11_800  # all blocks of a message as JSON; Slack refuses somewhere above 12,000
SECTION = 3_000
HEADER = 150
CONTEXT_ELEMENTS = 10
ACTIONS = 25
BUTTON_TEXT = 75
BUTTON_VALUE = 2_000
BUTTON_URL = 3_000
OPTION_TEXT = 75
OPTION_VALUE = 150
OPTIONS = 100
IMAGE_URL = 3_000
IMAGE_ALT = 2_000
THUMBNAIL_ALT = 40  # our own: the title stands beside the picture, and a list of ten is to fit one message
IMAGE_TITLE = 2_000
PLACEHOLDER = 150
INPUT_LABEL = 2_000
INPUT_HINT = 2_000
INPUT_LENGTH = 3_000
MODAL_TITLE = 24
METADATA = 3_000
STREAM_TEXT = 12_000  # one call of chat.startStream or chat.appendStream
PROMPTS = 4


def size(value: str) -> int:
    """The length of a text in UTF-16 units."""
    return len(value) if value.isascii() else len(value.encode("utf-16-le", "surrogatepass")) // 2


def parts(items: Sequence[Json], most: int, heaviest: int = BLOCKS_TOTAL // 3) -> list[list[Json]]:
    """Items in their order, `most` at once and not heavier than `heaviest` together, so that a block stays small."""
    found: list[list[Json]] = [[]]
    used = 0
    for item in items:
        cost = weight([item])
        if found[-1] and (len(found[-1]) == most or used + cost > heaviest):
            found.append([])
            used = 0
        found[-1].append(item)
        used += cost
    return [part for part in found if part]


def weight(blocks: Sequence[Mapping[str, object]]) -> int:
    """What blocks count against `BLOCKS_TOTAL`: their JSON, keys and all."""
    return size(json.dumps(blocks, ensure_ascii=False, separators=(",", ":")))
