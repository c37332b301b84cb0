"""How the labels' log-probabilities are asked of a server that knows its tokenizer."""

from __future__ import annotations

import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import anyio
import httpx
import pytest

from fiduciary.solvers import label_tokens
from fiduciary.solvers.label_tokens import TOP_LOGPROBS, CannotAsk, label_settings

IDS = {"A": 11, " A": 21, "B": 12, " B": 22, "AB": 1, " AB": 2}


class VLLMAPI:
    """Named as Inspect's provider is, which is how it is told from others."""

    base_url, model_name, api_key = "http://127.0.0.1:1/v1", "m", "key"


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """Serve a tokenizer; the texts that it was asked for."""
    for memory in (label_tokens._known, label_tokens._has_tokenizer, label_tokens._locks):
        memory.clear()

    def serve(status: int = 200, fails: int = 0) -> list[str]:
        asked: list[str] = []

        def handle(request: httpx.Request) -> httpx.Response:
            body = json.loads(request.content)
            asked.append(body["prompt"])
            if len(asked) <= fails:
                raise httpx.ConnectError("not yet")
            assert request.url.path == "/tokenize" and body["add_special_tokens"] is False
            text = body["prompt"]
            return httpx.Response(status, json={"tokens": [IDS[text]] if text in IDS else [1, 2]})

        transport = httpx.MockTransport(handle)
        monkeypatch.setattr(label_tokens, "_client", lambda **_: httpx.AsyncClient(transport=transport))
        return asked

    return serve


def settings(labels: str | tuple[str, ...], api: Any = None, **more: Any) -> dict[str, Any]:
    model: Any = SimpleNamespace(api=api or VLLMAPI())
    return anyio.run(label_settings, model, tuple(labels), more)


def test_every_one_token_spelling_of_every_label_is_asked_for(served: Callable[..., list[str]]) -> None:
    asked = served()
    found = settings("AB", extra_body={"top_k": -1})
    assert found == {"logprobs": True, "extra_body": {"top_k": -1, "logprob_token_ids": [11, 21, 12, 22]}}
    before = len(asked)
    assert settings("AB") == {"logprobs": True, "extra_body": {"logprob_token_ids": [11, 21, 12, 22]}}
    assert len(asked) == before, "asked once"
    assert settings("BA")["extra_body"]["logprob_token_ids"] == [12, 22, 11, 21]
    assert len(asked) == before, "asked once, whatever labels stand beside it"


def test_a_label_of_several_tokens_is_named(served: Callable[..., list[str]]) -> None:
    served()
    with pytest.raises(CannotAsk, match="the label 'cooperate' is more than one token for m"):
        settings(("A", "cooperate"))


def test_a_server_without_a_tokenizer_is_asked_in_one_form_for_all_labels(
    served: Callable[..., list[str]],
) -> None:
    """The two forms break each other on one server."""
    served(status=404)
    top = {"logprobs": True, "top_logprobs": TOP_LOGPROBS}
    assert settings("AB") == top
    served()
    assert settings("A") == top


def test_a_passing_fault_of_the_network_does_not_decide_the_form(served: Callable[..., list[str]]) -> None:
    served(fails=2)
    assert "extra_body" in settings("AB")


def test_other_providers_are_asked_for_the_likeliest_tokens(served: Callable[..., list[str]]) -> None:
    asked = served()
    assert settings("AB", SimpleNamespace(base_url="http://x/v1"))["top_logprobs"] == TOP_LOGPROBS
    assert asked == []
