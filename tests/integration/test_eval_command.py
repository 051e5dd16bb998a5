"""`paperwire eval` prints JSON for a labelled file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from paperwire.cli.app import app

PAPER = {
    "id": "p1",
    "title": "On Bread",
    "sections": [
        {"heading": "Method", "paragraphs": ["The oven was held at 230 degrees.", "The dough rose for two hours."]}
    ],
    "questions": [
        {"id": "q1", "question": "How many degrees had the oven?", "evidence": ["The oven was held at 230 degrees."]}
    ],
}
GOLD = {"title": "On Bread", "source": ["We show that bread rises in 2 hours."], "target": ["Bread rises."]}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in, where the bot keeps its data too."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PAPERWIRE_DATA", str(tmp_path / "data"))
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    return tmp_path


@pytest.mark.parametrize(
    ("kind", "row", "key"),
    [("retrieval", PAPER, "fused"), ("answers", PAPER, "outcomes"), ("summaries", GOLD, "rouge")],
)
def test_a_report_is_json(folder: Path, kind: str, row: object, key: str) -> None:
    (folder / "file.jsonl").write_text(json.dumps(row))
    result = CliRunner().invoke(app, ["eval", kind, "file.jsonl"])
    assert result.exit_code == 0, result.output
    assert key in json.loads(result.stdout)


@pytest.mark.parametrize("kind", ["retrieval", "answers", "summaries"])
@pytest.mark.parametrize(("content", "says"), [("nonsense", "Line 1 is not"), ("", "is empty")])
def test_a_file_of_another_form_is_refused_in_one_sentence(folder: Path, kind: str, content: str, says: str) -> None:
    (folder / "file.jsonl").write_text(content)
    result = CliRunner().invoke(app, ["eval", kind, "file.jsonl"])
    assert result.exit_code == 1
    assert says in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert not result.stdout
