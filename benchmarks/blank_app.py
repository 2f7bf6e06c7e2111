"""The least that Streamlit can do: a slider, a small Plotly chart, and another page to go to.

Served beside the app, it is the floor that the app's pages are held against.
"""

import numpy as np
import plotly.graph_objects as go
import streamlit as st


def chart() -> None:
    """A slider that redraws a chart."""
    turns = st.slider("Turns", 0.0, 10.0, 1.0, 0.05)
    x = np.linspace(0, 2 * np.pi, 100)
    st.plotly_chart(go.Figure(go.Scatter(x=x, y=np.sin(turns * x))), key="chart")


def text() -> None:
    """A page without a chart."""
    st.write("Nothing to see here.")


pages = [st.Page(text, default=True), st.Page(chart, url_path="chart")]
st.navigation(pages, position="top").run()
