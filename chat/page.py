"""The page: columns beside each other, drawn with Gradio. All that can be told apart from it is elsewhere."""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator
from functools import partial
from html import escape
from typing import Any

# Read when Gradio is imported: it would otherwise report the start of a program to its makers.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"

import gradio as gr
from fastapi import FastAPI

from fiduciary.chat import markup
from fiduciary.chat.conversation import (
    MAX_MAX_TOKENS,
    MAX_TEMPERATURE,
    Conversation,
    Models,
    Settings,
)
from fiduciary.chat.problem import ANSWERS, FRAMINGS, N_PROBLEMS, WORDINGS, Drawn, draw
from fiduciary.chat.saving import file_name, to_json, to_markdown
from fiduciary.chat.streaming import Ask, Session
from fiduciary.errors import UsageError

TITLE = "Fiduciary: side by side"
NO_FRAMING, OWN_FRAMING = "none", "own"
"""No system message, and one that is not among the task's framings."""

# The machine's own fonts: Gradio's would come from a font server. Its pale texts and its orange button
# are hard to read.
THEME = gr.themes.Default(
    primary_hue="blue", font=["system-ui", "sans-serif"], font_mono=["ui-monospace", "monospace"]
).set(
    body_text_color_subdued="*neutral_600",
    body_text_color_subdued_dark="*neutral_300",
    block_info_text_color="*neutral_600",
    block_info_text_color_dark="*neutral_300",
)

COLUMN_HEIGHT = 480

CSS = """
.columns { flex-wrap: nowrap !important; overflow-x: auto; }
.columns > * { flex: 1 1 0 !important; min-width: min(16rem, 85vw) !important;
    border: 1px solid var(--border-color-primary); border-radius: 8px; }
/* Turned around, a scroller stays at its end while it grows, and where the reader scrolled to. */
.columns .html-container { display: flex; flex-direction: column-reverse; padding-top: 0 !important; }
.columns .html-container > * { margin-bottom: auto; }
.column { padding: 0 .3rem .8rem; }
.column h2 { position: sticky; top: 0; margin: 0; padding: .5rem 0; font-size: 1rem; overflow-wrap: anywhere;
    background: var(--body-background-fill); }
.column small { font-weight: normal; color: var(--body-text-color-subdued); }
.column article { margin: .5rem 0; padding: .5rem .7rem; border-radius: 8px; }
.column .user { margin-left: 1.5rem; background: var(--background-fill-secondary); }
.column .text { white-space: pre-wrap; overflow-wrap: anywhere; }
.column .note, .column .trouble { margin: .3rem 0 0; font-size: .85rem; overflow-wrap: anywhere;
    color: var(--body-text-color-subdued); }
.column .trouble { color: var(--error-text-color, #b91c1c); }
footer { display: none !important; }
"""

# The file is made in the browser: nothing is left behind on the server's disk.
_DOWNLOAD = """(name, text) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "application/octet-stream" }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}"""

_HEADING = """# Side by side

One message goes to the base and to every adapter at once. A reply becomes part of its column's context
once it is complete; a column that fails says why, and the others go on."""


def build(models: Models, ask: Ask, server: str) -> gr.Blocks:
    """The page.

    Args:
        models: who is talked to; one column each.
        ask: opens one model's reply.
        server: the server's address, without secrets, for saved files.
    """
    with gr.Blocks(title=TITLE, analytics_enabled=False, fill_width=True) as page:
        session = gr.State(Session(models))
        drawn = gr.State(None)
        gr.Markdown(_HEADING)
        with gr.Row(elem_classes="columns"):
            columns = [
                gr.HTML(html, min_height=COLUMN_HEIGHT, max_height=COLUMN_HEIGHT)
                for html in markup.columns(Conversation(models))
            ]
        message = gr.Textbox(
            label="Message to all", info="Shift and Enter sends", lines=3, max_lines=20, elem_id="message"
        )
        with gr.Row():
            send = gr.Button("Send", variant="primary", elem_id="send")
            stop = gr.Button("Stop", elem_id="stop")
            reset = gr.Button("Reset all", elem_id="reset")
            as_json = gr.Button("Save as JSON", elem_id="save-json")
            as_markdown = gr.Button("Save as Markdown", elem_id="save-markdown")
        with gr.Accordion("Choice problem", open=True), gr.Row(equal_height=True):
            take = gr.Button("Draw a choice problem", elem_id="draw")
            number = gr.Number(
                1, label=f"Next problem (1 to {N_PROBLEMS})", precision=0, minimum=1, maximum=N_PROBLEMS
            )
            wording = gr.Dropdown(list(WORDINGS), value="plain", label="Wording", elem_id="wording")
            answer = gr.Dropdown(list(ANSWERS), value=ANSWERS[0], label="Answer", elem_id="answer")
        with gr.Accordion("Settings", open=True), gr.Row(equal_height=True):
            temperature = gr.Slider(0, MAX_TEMPERATURE, value=1.0, step=0.05, label="Temperature")
            max_tokens = gr.Number(
                512, label="Longest reply (tokens)", precision=0, minimum=1, maximum=MAX_MAX_TOKENS
            )
            framing = gr.Dropdown(
                [*FRAMINGS, NO_FRAMING, OWN_FRAMING], value="neutral", label="Framing", elem_id="framing"
            )
            system = gr.Textbox(FRAMINGS["neutral"], label="System message", scale=2, elem_id="system")
        # Not visible: what the download takes up in the browser.
        name, text = gr.Textbox(visible=False), gr.Textbox(visible=False)

        # Not part of any API, and any number of tabs may stream at once.
        event: dict[str, Any] = {
            "api_visibility": "private",
            "concurrency_limit": None,
            "show_progress": "hidden",
        }
        gr.on(
            [send.click, message.submit],
            partial(_send, ask),
            [session, message, drawn, temperature, system, max_tokens],
            [message, *columns],
            trigger_mode="multiple",  # a message sent too early is refused with a word, not silently
            **event,
        )
        stop.click(_stop, session, None, **event)
        reset.click(_reset, session, columns, **event)
        take.click(_draw, [number, wording, answer], [message, drawn, number], **event)
        framing.input(_frame, [framing, system], system, **event)
        system.change(_framing_of, system, framing, **event)
        for button, suffix, render in (
            (as_json, "json", to_json),
            (as_markdown, "md", to_markdown),
        ):
            button.click(partial(_file, suffix, render, server), session, [name, text], **event).success(
                None, [name, text], None, js=_DOWNLOAD, api_visibility="private"
            )
    return page


def application(page: gr.Blocks) -> FastAPI:
    """The page as an ASGI application, with nothing of Gradio's that the chat does not use."""
    page.queue(default_concurrency_limit=None, api_open=False)
    return gr.mount_gradio_app(
        FastAPI(openapi_url=None),
        page,
        path="/",
        theme=THEME,
        css=CSS,
        footer_links=[],
        run_history=False,
        max_file_size=1,
        ssr_mode=False,
        enable_monitoring=False,
        pwa=False,
        mcp_server=False,
    )


async def _send(
    ask: Ask,
    session: Session,
    message: str,
    drawn: Drawn | None,
    temperature: float,
    system: str,
    max_tokens: float | None,
) -> AsyncGenerator[list[Any], None]:
    # A problem that was edited is no longer the problem.
    problem = drawn.record() if drawn is not None and drawn.text == message else None
    try:
        settings = Settings(float(temperature), system.strip(), int(max_tokens or 0))
        left: Any = ""  # clears the message once, and lets the user write the next one meanwhile
        async for conversation in session.send(ask, message, settings, problem):
            yield [left, *markup.columns(conversation)]
            left = gr.skip()
    except UsageError as error:
        gr.Warning(escape(str(error)))  # which is shown as HTML
        yield [gr.skip()] * (1 + len(session.conversation.models.names))


def _stop(session: Session) -> None:
    session.stop()


def _reset(session: Session) -> Any:
    session.reset()
    columns = markup.columns(session.conversation)
    return columns if len(columns) > 1 else columns[0]


def _draw(number: float | None, wording: str, answer: str) -> tuple[Any, ...]:
    try:
        drawn = draw(int(number or 0), wording, answer)
    except UsageError as error:
        gr.Warning(escape(str(error)))  # which is shown as HTML
        return gr.skip(), gr.skip(), gr.skip()
    return drawn.text, drawn, drawn.number % N_PROBLEMS + 1


def _frame(framing: str, system: str) -> str:
    """The system message of a framing; the user's own stays as it is."""
    return system if framing == OWN_FRAMING else FRAMINGS.get(framing, "")


def _framing_of(system: str) -> str:
    """Which framing a system message is."""
    if not system.strip():
        return NO_FRAMING
    return next((name for name, text in FRAMINGS.items() if text == system.strip()), OWN_FRAMING)


def _file(suffix: str, render: Any, server: str, session: Session) -> tuple[str, str]:
    return file_name(session.conversation, suffix), render(session.conversation, server)
