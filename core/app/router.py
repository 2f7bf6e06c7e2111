"""The page list. Streamlit runs this on every rerun; nothing else lives in this folder."""

from pathlib import Path

import streamlit as st

from core.ui import frame

PAGES = Path(__file__).resolve().parents[2] / "pages"

frame.configure()
page = st.navigation(
    {
        "": [
            st.Page(
                PAGES / "home" / "home.py",
                title="Home",
                icon=":material/visibility:",
                url_path="home",
                default=True,
                help="What Glassbox is, and the lessons it has.",
            )
        ],
        "Foundations": [
            st.Page(
                PAGES / "foundations" / "optimizers.py",
                title="Optimizers",
                icon=":material/trending_down:",
                url_path="optimizers",
                help="Race real optimizers down a surface, then train a network with them.",
            ),
            st.Page(
                PAGES / "foundations" / "pooling.py",
                title="Convolution and pooling",
                icon=":material/grid_on:",
                url_path="pooling",
                help="Slide a window over a digit in numbers, then train a network that reads it.",
            ),
        ],
        "Generative models": [
            st.Page(
                PAGES / "generative" / "gan.py",
                title="GAN training",
                icon=":material/swords:",
                url_path="gan",
                help="Two networks play against each other until noise looks like data.",
            ),
            st.Page(
                PAGES / "generative" / "vae.py",
                title="Autoencoders",
                icon=":material/compress:",
                url_path="vae",
                help="Squeeze images into two numbers, walk among them, and bring images back.",
            ),
            st.Page(
                PAGES / "generative" / "diffusion.py",
                title="Diffusion",
                icon=":material/grain:",
                url_path="diffusion",
                help="From data to noise in a thousand small steps, and back.",
            ),
        ],
    },
    position="top",
)
frame.begin(page)
page.run()
