"""The entry: `streamlit run streamlit_app.py`, or `uvicorn streamlit_app:app`.

An ASGI app around core/app/router.py, so that deep links are right from the first visit.
"""

import sys
from pathlib import Path

import streamlit as st

ROOT = Path(__file__).resolve().parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from core.server import lifespan, middleware, routes  # noqa: E402

app = st.App(
    str(ROOT / "core" / "app" / "router.py"),
    routes=routes(),
    middleware=middleware(),
    lifespan=lifespan,
)
