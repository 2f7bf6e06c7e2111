"""A hundred slider changes in five seconds, in Streamlit's own protocol: no browser slows them."""

from __future__ import annotations

import asyncio
import base64
import json
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlencode

import numpy as np
import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from benchmarks.crowd import Visitor
from tests.e2e import lesson
from tests.e2e.app import Server
from tests.e2e.test_sessions import watched

COUNT, EVERY = 100, 0.05  # changes, and seconds from one to the next
RACE = {"optimizers.see": "race", "optimizers.race.steps": 40}


class Hand(Visitor):
    """A session that moves the start of the race. starts: where the path of each picture begins."""

    slider: str = ""
    starts: list[float]

    async def take(self, message: ForwardMsg) -> None:
        await super().take(message)
        if message.WhichOneof("type") != "delta":
            return
        element = message.delta.new_element
        if element.WhichOneof("type") == "slider" and element.slider.label == "Start, x":
            self.slider = element.slider.id
        if element.WhichOneof("type") == "plotly_chart":
            self.starts.append(start_of(json.loads(element.plotly_chart.spec)))

    async def move(self, x: float) -> None:
        """The slider is at x now."""
        changed = WidgetState(id=self.slider)
        changed.double_array_value.data.append(x)
        await self.rerun(changed=changed)


def start_of(figure: dict[str, Any]) -> float:
    """The first x of the first path."""
    paths = [t for t in figure["data"] if t.get("mode") == "lines" and t.get("name")]
    x = paths[0]["x"]
    if isinstance(x, dict):
        return float(np.frombuffer(base64.b64decode(x["bdata"]), x["dtype"])[0])
    return float(x[0])


async def hold(url: str) -> tuple[float, list[float]]:
    """From -1 to 0 in hundredths; the seconds that the changes took, and the starts drawn."""
    stream = url.replace("http", "ws", 1) + "/_stcore/stream"
    async with connect(stream, subprotocols=[Subprotocol("streamlit")], max_size=None) as socket:
        hand = Hand(socket, url, urlencode(RACE))
        hand.starts = []
        listening = asyncio.create_task(hand.listen())
        await hand.rerun()
        async with asyncio.timeout(30):
            while not (hand.starts and hand.slider):
                await asyncio.sleep(0.02)
            await hand.idle.wait()
        began = time.monotonic()
        for n in range(1, COUNT + 1):
            await asyncio.sleep(max(0.0, began + n * EVERY - time.monotonic()))
            await hand.move(round(n / COUNT - 1, 2))
        took = time.monotonic() - began
        async with asyncio.timeout(20):
            while abs(hand.starts[-1]) > 1e-6:
                await asyncio.sleep(0.02)
            await hand.idle.wait()
        hand.stop_timers()
        listening.cancel()
        return took, hand.starts


@pytest.mark.alone
def test_a_hundred_slider_changes_in_five_seconds(server: Server) -> None:
    """At most one run goes and one waits, no older picture follows a newer, the last value wins."""
    with watched(server) as load, ThreadPoolExecutor(1) as aside:  # Playwright has a loop here
        took, starts = aside.submit(asyncio.run, hold(server.url)).result()
    assert 4.9 < took < 5.5
    assert load and max(one["running"] for one in load) <= 1
    assert max(one["queued"] for one in load) <= 1
    assert starts == sorted(starts), "an older picture came after a newer one"
    assert starts[0] == pytest.approx(-1) and starts[-1] == pytest.approx(0, abs=1e-6)
    lesson.wait_until_idle(server)
