"""Share, download, pin: what one does with a picture."""

from __future__ import annotations

import csv
import io

import streamlit as st

from core import framefile
from core.experiment import Experiment
from core.ui import address, pins, uploads
from core.ui.runs import Shown


def actions(experiment: Experiment, shown: Shown) -> None:
    """The row under the picture: pin or unpin, share, download."""
    name = experiment.name
    before = pins.pinned(experiment)
    with st.container(horizontal=True, vertical_alignment="center"):
        if before is None:
            st.button(
                "Pin to compare",
                key=f"{name}#do-pin",
                icon=":material/keep:",
                help="Keep this run on screen, change one setting, and see both.",
                disabled=not shown.frames,
                on_click=pins.pin,
                args=(experiment, shown),
            )
        else:
            st.button(
                "Unpin",
                key=f"{name}#un-pin",
                icon=":material/keep_off:",
                on_click=pins.unpin,
                args=(experiment,),
            )
        # What is folded is not sent: every element on the page costs each redraw.
        share = st.popover("Share", icon=":material/link:", key=f"{name}#share", on_change="rerun")
        if share.open:
            with share:
                _share(experiment, shown)
        download = st.popover(
            "Download",
            icon=":material/download:",
            key=f"{name}#download",
            disabled=not shown.frames,
            on_change="rerun",
        )
        if download.open:
            with download:
                _download(experiment, shown)
    if before is not None:
        st.caption(f"Pinned below. Different: {pins.differences(experiment, shown, before)}.")


def _share(experiment: Experiment, shown: Shown) -> None:
    st.caption("This link carries every setting, and shows the same run to whoever opens it.")
    if uploads.carried(shown.settings):
        st.caption(
            "It does not carry your file, only its fingerprint: it works here as long as this "
            "server keeps the file, and elsewhere once the file is uploaded there."
        )
    start = False
    if experiment.trains:
        start = st.toggle("Start at once", key=f"{experiment.name}#share-go")
    st.code(address.link(experiment, shown.settings, start), language=None, wrap_lines=True)


def _download(experiment: Experiment, shown: Shown) -> None:
    name, frames = experiment.name, shown.frames
    st.download_button(
        "Frames as NPZ",
        lambda: _npz(shown),
        f"{name}.npz",
        "application/octet-stream",
        key=f"{name}#npz",
        on_click="ignore",
        help="step, metrics/<name>, and every array of the frames.",
    )
    st.download_button(
        "Metrics as CSV",
        lambda: metrics_csv(shown),
        f"{name}.csv",
        "text/csv",
        key=f"{name}#csv",
        on_click="ignore",
    )
    st.caption(f"{len(frames)} frames. The camera above the picture saves it as SVG.")


def _npz(shown: Shown) -> bytes:
    buffer = io.BytesIO()
    framefile.save(buffer, shown.frames)
    return buffer.getvalue()


def metrics_csv(shown: Shown) -> str:
    """One row a frame: step, then each metric, at full precision."""
    names = list(dict.fromkeys(name for frame in shown.frames for name in frame.metrics))
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow(["step", *names])
    for frame in shown.frames:
        rows.writerow(
            [frame.step, *(repr(frame.metrics[n]) if n in frame.metrics else "" for n in names)]
        )
    return out.getvalue()
