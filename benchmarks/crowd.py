"""Visitors without a browser: sessions that speak Streamlit's own protocol over a websocket.

``python -m benchmarks.crowd URL COUNT`` opens so many sessions of the network experiment, answers
``{"open": n}``, then reads lines of JSON: ``{"do": "train"}`` presses Train in all of them and
answers when the first frames have come, ``{"do": "stop"}`` presses Stop. Like a browser, a session
takes every message and asks again for a fragment as often as the server told it to. It draws
nothing: visitors' browsers run on their own machines.
"""

from __future__ import annotations

import asyncio
import json
import sys
from contextlib import suppress
from urllib.parse import urlencode

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

STEPS = 20_000


class Visitor:
    """One session. buttons: words -> (id, fragment). charts: pictures that came."""

    def __init__(self, socket: ClientConnection, url: str, query: str) -> None:
        self.socket, self.url, self.query = socket, url, query
        self.buttons: dict[str, tuple[str, str]] = {}
        self.timers: dict[str, asyncio.Task[None]] = {}
        self.charts = 0
        self.page = ""
        self.idle = asyncio.Event()

    async def rerun(
        self, fragment: str = "", auto: bool = False, changed: WidgetState | None = None
    ) -> None:
        """Ask for a run of the script or of a fragment, with a widget changed or not."""
        message = BackMsg()
        state = message.rerun_script
        state.query_string, state.fragment_id, state.is_auto_rerun = self.query, fragment, auto
        state.page_script_hash = self.page
        if not self.page:
            state.page_name = "optimizers"
        state.context_info.url = f"{self.url}/optimizers"
        state.widget_states.SetInParent()
        if changed is not None:
            state.widget_states.widgets.append(changed)
        self.idle.clear()
        await self.socket.send(message.SerializeToString())

    async def press(self, words: str) -> None:
        """Press the button whose words begin so; nothing if there is none."""
        found = next((at for name, at in self.buttons.items() if name.startswith(words)), None)
        if found is not None:
            pressed = WidgetState(id=found[0], trigger_value=True)
            await self.rerun(fragment=found[1], changed=pressed)

    async def listen(self) -> None:
        """Take messages until the connection ends."""
        async for data in self.socket:
            message = ForwardMsg()
            message.ParseFromString(data if isinstance(data, bytes) else data.encode())
            await self.take(message)

    async def take(self, message: ForwardMsg) -> None:
        kind = message.WhichOneof("type")
        if kind == "new_session":
            if not message.metadata.run.fragment_ids:
                self.buttons.clear()
                self.stop_timers()
        elif kind == "navigation":
            self.page = message.navigation.page_script_hash
        elif kind == "page_info_changed":
            self.query = message.page_info_changed.query_string
        elif kind == "auto_rerun":
            self.start_timer(message.auto_rerun.fragment_id, message.auto_rerun.interval)
        elif kind == "script_finished":
            self.idle.set()
        elif kind == "delta" and message.delta.WhichOneof("type") == "new_element":
            element = message.delta.new_element
            self.charts += element.WhichOneof("type") == "plotly_chart"
            if element.WhichOneof("type") == "button":
                self.buttons[element.button.label] = (element.button.id, message.delta.fragment_id)

    def start_timer(self, fragment: str, every: float) -> None:
        async def again() -> None:
            while True:
                await asyncio.sleep(every)
                await self.rerun(fragment, auto=True)

        if fragment in self.timers:
            self.timers.pop(fragment).cancel()
        self.timers[fragment] = asyncio.create_task(again())

    def stop_timers(self) -> None:
        for task in self.timers.values():
            task.cancel()
        self.timers.clear()


async def arrive(url: str, seed: int) -> tuple[Visitor, asyncio.Task[None]]:
    """A session whose page has been drawn."""
    asked = {"optimizers.see": "network", "optimizers.network.steps": STEPS}
    query = urlencode({**asked, "optimizers.network.seed": seed})
    stream = url.replace("http", "ws", 1) + "/_stcore/stream"
    socket = await connect(stream, subprotocols=[Subprotocol("streamlit")], max_size=None)
    visitor = Visitor(socket, url, query)
    task = asyncio.create_task(visitor.listen())
    await visitor.rerun()
    async with asyncio.timeout(30):
        while not visitor.charts:
            await asyncio.sleep(0.02)
        await visitor.idle.wait()
    return visitor, task


async def train(visitors: list[Visitor]) -> None:
    """All press Train; returns when one has seen its figure move."""
    before = [visitor.charts for visitor in visitors]
    for visitor in visitors:
        await visitor.press("Train")
    async with asyncio.timeout(30):
        while all(v.charts < n + 2 for v, n in zip(visitors, before, strict=True)):
            await asyncio.sleep(0.02)


async def main(url: str, count: int) -> None:
    """Arrive, then do what is asked until the input ends."""
    arrived = [await arrive(url, seed) for seed in range(1, count + 1)]
    visitors = [visitor for visitor, _ in arrived]
    print(json.dumps({"open": len(visitors)}), flush=True)
    while line := await asyncio.to_thread(sys.stdin.readline):
        if json.loads(line)["do"] == "train":
            await train(visitors)
        else:
            for visitor in visitors:
                await visitor.press("Stop")
        print(json.dumps({"pictures": sum(v.charts for v in visitors)}), flush=True)
    for visitor, task in arrived:
        visitor.stop_timers()
        await visitor.socket.close()
        with suppress(Exception):
            await task


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
