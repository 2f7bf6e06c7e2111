"""Home: what this is, how to read the pictures, and the lessons as cards."""

from pathlib import Path

import streamlit as st

from core.catalog import get
from core.ui.legend import legend
from core.ui.lessons import LESSONS

ROOT = Path(__file__).resolve().parents[2]

st.title("See it learn", anchor=False)
st.markdown(
    "Real PyTorch and scikit-learn models, training while you watch. Guess first, move a slider, "
    "press train, look inside, and send the link: whoever opens it sees the same run."
)
legend()

for lesson in LESSONS:
    st.subheader(lesson.title, anchor=False)
    for place, (name, see) in enumerate(lesson.experiments.items()):
        if place % 4 == 0:
            columns = st.columns(4)
        experiment = get(name)
        with columns[place % 4].container(border=True, height="stretch"):
            st.image(
                str(ROOT / "data" / "cards" / f"{name}.png"),
                alt=f"Picture of the experiment {experiment.title}",
            )
            st.page_link(
                str(ROOT / lesson.page),
                label=f"**{experiment.title}**",
                icon=":material/arrow_forward:",
                query_params={f"{lesson.topic}.see": see},
            )
            st.caption(experiment.question)
