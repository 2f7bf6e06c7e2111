"""The phases of a round, in order, and a sentence on each with its numbers. NumPy only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from core.gan.step import Frame, Settings

PHASES = ("noise", "fakes", "judge", "d-learns", "again", "g-learns")
# Who learns -> the phases of a round.
ROUND = {
    "both": PHASES,
    "d": ("noise", "fakes", "judge", "d-learns"),
    "g": ("noise", "fakes", "again", "g-learns"),
}
CRITICS = ("wasserstein", "wgan-gp")


def shown(settings: Settings) -> list[tuple[int, str]]:
    """The phases on show: the round, from 1, and the phase."""
    own = ROUND[settings.phases]
    last = [one for one in own if PHASES.index(one) <= PHASES.index(settings.until)]
    whole = [(number, one) for number in range(1, settings.rounds) for one in own]
    return whole + [(settings.rounds, one) for one in last]


def onward(settings: Settings, most: int) -> dict[str, Any] | None:
    """The fields that show one phase more; None after the last of ``most`` rounds."""
    own = ROUND[settings.phases]
    number, now = shown(settings)[-1]
    if now != own[-1]:
        return {"rounds": number, "until": own[own.index(now) + 1]}
    return {"rounds": number + 1, "until": own[0]} if number < most else None


def phase_of(frame: Frame) -> str:
    """The phase that a frame shows."""
    return PHASES[int(frame.phase[1])]


def line(loss: str, real: np.ndarray, fake: np.ndarray) -> float:
    """The output above which D takes a point for real.

    Logit 0 (probability one half), of least squares halfway between its labels. A Wasserstein
    critic knows no such line: the median of all that it scored stands in for one.
    """
    if loss in CRITICS:
        return float(np.median(np.concatenate([real, fake])))
    return 0.5 if loss == "least-squares" else 0.0


def taken(settings: Settings, frame: Frame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Which real points, fakes and moved fakes D takes for real, (n,) bool each."""
    return taken_by(settings.loss, frame.said_real, frame.said_fake, frame.said_moved)


def taken_by(
    loss: str, real: np.ndarray, fake: np.ndarray, moved: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The same of D's outputs (n,)."""
    over = line(loss, real, fake)
    return real > over, fake > over, moved > over


def sentence(settings: Settings, frame: Frame) -> str:
    """What happens in this phase, with its numbers; bold where something is at work."""
    told = {
        "noise": _noise,
        "fakes": _fakes,
        "judge": _judge,
        "d-learns": _d_learns,
        "again": _again,
        "g-learns": _g_learns,
    }[phase_of(frame)](settings, frame)
    number = settings.before + int(frame.phase[0])
    own = ROUND[settings.phases]
    place = own.index(phase_of(frame)) + 1
    return f"Round {number:,}, phase {place} of {len(own)}. {told}"


def _noise(settings: Settings, frame: Frame) -> str:
    return f"<b>Noise in.</b> {len(frame.noise)} random points go into G. They know nothing yet."


def _fakes(settings: Settings, frame: Frame) -> str:
    good = _near(settings, frame.fake)
    n = len(frame.fake)
    return (
        f"<b>Fakes out.</b> G turns them into {n} fakes; {good} of {n} lie where real points lie."
    )


def _near(settings: Settings, x: np.ndarray) -> int:
    """How many of the points (n, 2) lie within three standard deviations of a centre."""
    mixture = settings.game.mixture
    ways = x.astype(np.float64)[:, None] - mixture.centres
    return int((np.linalg.norm(ways, axis=-1).min(1) <= 3 * mixture.sigma).sum())


def _judge(settings: Settings, frame: Frame) -> str:
    return f"<b>D judges.</b> {_verdict(settings, frame)} Its loss is {_loss(frame, 'd_loss')}."


def _verdict(settings: Settings, frame: Frame) -> str:
    n = len(frame.fake)
    if settings.loss in CRITICS:
        real, fake = frame.said_real.mean(), frame.said_fake.mean()
        return f"It scores real points {real:.2f} on average and fakes {fake:.2f}."
    real, fake, _ = (int(one.sum()) for one in taken(settings, frame))
    return f"It calls {real} of {n} real points real and {n - fake} of {n} fakes fake."


def _d_learns(settings: Settings, frame: Frame) -> str:
    return (
        f"<b>D's gradient</b> moves D's weights, and G's stay. On the same points its loss "
        f"{_went(frame, 'd_loss')}."
    )


def _again(settings: Settings, frame: Frame) -> str:
    n, again = len(frame.fake), settings.phases == "both"
    opens = "New noise, new fakes: <b>D looks again</b>" if again else "<b>D judges the fakes</b>"
    if settings.loss in CRITICS:
        verdict = f"scores them {frame.said_fake.mean():.2f} on average"
    else:
        verdict = f"takes {int(taken(settings, frame)[1].sum())} of {n} for real"
    return f"{opens} and {verdict}. G's loss is {_loss(frame, 'g_loss')}."


def _g_learns(settings: Settings, frame: Frame) -> str:
    n, along = len(frame.fake), frame.metrics["along"]
    return (
        f"<b>G's gradient</b> comes back through D, whose weights stay: the arrows. G moves, "
        f"{round(along * n)} of {n} fakes along their arrow, and its loss {_went(frame, 'g_loss')}."
    )


def _went(frame: Frame, name: str) -> str:
    start, end = (frame.metrics[one] for one in (name, f"{name}_after"))
    if f"{start:.3f}" == f"{end:.3f}":
        return f"stays at {end:.3f}"
    return f"{'falls' if end < start else 'rises'} from {start:.3f} to {end:.3f}"


def _loss(frame: Frame, name: str) -> str:
    return f"{frame.metrics[name]:.3f}"


def wrapped(text: str, most: int) -> str:
    """The text in lines of at most so many characters on screen, for a figure."""
    lines: list[str] = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if _length(longer) > most and lines[-1]:
            lines.append(word)
        else:
            lines[-1] = longer
    return "<br>".join(_closed(lines))


def _length(text: str) -> int:
    return len(text.replace("<b>", "").replace("</b>", ""))


def _closed(lines: Sequence[str]) -> list[str]:
    """Bold that runs over the end of a line, closed there and opened again."""
    out, bold = [], False
    for one in lines:
        text = "<b>" + one if bold else one
        bold = text.count("<b>") > text.count("</b>")
        out.append(text + "</b>" if bold else text)
    return out
