"""The map's race as a film: an animated GIF, or a video (MP4), each frame drawn as the picture is."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import chain
from typing import Protocol

import av
import numpy as np
import numpy.typing as npt
from PIL import Image

from exports.caption import Caption
from exports.picture import Picture
from exports.size import RATES, SECONDS, Size, check_pixels, check_size, frame_steps
from exports.to_matplotlib import blend, rgb
from figures import LIGHT, Theme
from figures.theme import check_asked
from scenario import Race
from simulation.progress import Cancelled, Progress

FORMATS = tuple(RATES)
"""The formats of a film."""
_LAST_MS = 1500
"""A GIF, which repeats, rests so long on its last frame."""
_COLOURS, _STILL_COLOURS = 255, 128
Pixels = npt.NDArray[np.uint8]


def film(
    race: Race,
    file_format: str,
    size: Size,
    theme: Theme = LIGHT,
    shown: str = "map",
    seconds: float = SECONDS.default,
    progress: Progress | None = None,
    caption: str = "short",
    link: str = "",
    turned: float = 0.0,
) -> bytes:
    """The race as the content of a film's file.

    Args:
        race: what to show.
        file_format: "gif" or "mp4" (H.264).
        size: in pixels; both sides even for "mp4".
        theme: light or dark.
        shown: one of `exports.size.SHOWN`.
        seconds: how long it plays, within the range of `SECONDS`.
        progress: called with the fraction done after each frame; if it returns False, the film is cancelled.
        caption: how much of its caption is drawn: "short", "full" or "none".
        link: the whole address that opens the race in the app, where that is known.
        turned: as for `exports.picture.Picture`.

    Raises:
        KeyError: there is no such thing to show.
        ValueError: the format is none of `FORMATS`, `seconds` is out of range, a video's side is odd, or there is no such caption.
        simulation.progress.Cancelled: `progress` returned False.
    """
    check_asked(race, theme)
    check_size(size)
    check_film(file_format, size, seconds, race.scenario.steps)
    return film_of(Picture(race, size, theme, shown, caption, link, turned), race.scenario.steps, file_format, seconds, progress)


def check_film(file_format: str, size: Size, seconds: float, steps: int) -> None:
    """Raise ValueError where there can be no such film; the message says why."""
    if file_format not in FORMATS:
        raise ValueError(f"a film can be {' or '.join(FORMATS)}, not {file_format!r}")
    if not SECONDS.low <= seconds <= SECONDS.high:
        raise ValueError(f"the film would take {seconds:g} seconds; choose {SECONDS.low:g} to {SECONDS.high:g}")
    if file_format == "mp4" and (size.width % 2 or size.height % 2):
        raise ValueError(f"the size is {size}; a video's width and height have to be even numbers")
    check_pixels(size, len(frame_steps(steps, file_format, seconds)))


class Scene(Protocol):
    """What can be filmed.

    Attributes:
        size: in pixels.
        theme: light or dark.
        caption: what stands in the film's file, too.
    """

    size: Size
    theme: Theme
    caption: Caption

    @property
    def shades(self) -> Sequence[str]:
        """What stands behind everything, beside its background."""

    @property
    def colours(self) -> Sequence[str]:
        """What moves has these."""

    def pixels(self, step: int) -> Pixels:
        """It at a step, shape (height, width, 3)."""


def film_of(scene: Scene, steps: int, file_format: str, seconds: float, progress: Progress | None) -> bytes:
    """A film of so many steps. Arguments and errors as for `film`, whose checks are done."""
    shown = frame_steps(steps, file_format, seconds)
    frames = _reported(scene, shown, progress)
    if file_format == "gif":
        stills = [scene.pixels(shown[at]) for at in (len(shown) // 2, -1)]  # what is drawn by then is not there at the start
        return _gif(scene, frames, stills, len(shown), seconds)
    return _mp4(frames, scene.size, scene.caption, Fraction(len(shown) / seconds).limit_denominator(1000))


def _reported(picture: Scene, steps: list[int], progress: Progress | None) -> Iterator[Pixels]:
    for done, step in enumerate(steps, start=1):
        yield picture.pixels(step)
        if progress and progress(done / len(steps)) is False:
            raise Cancelled("the film was given up")


def _gif(picture: Scene, frames: Iterator[Pixels], stills: Sequence[Pixels], count: int, seconds: float) -> bytes:
    first = next(frames)
    palette = _palette(picture, np.concatenate([first, *stills]))
    images = (Image.fromarray(frame).quantize(palette=palette, dither=Image.Dither.NONE) for frame in chain([first], frames))
    file, told = io.BytesIO(), picture.caption.text.encode()
    next(images).save(
        file, "GIF", save_all=True, append_images=images, duration=_durations(count, seconds), loop=0, optimize=True, comment=told
    )
    return file.getvalue()


def _palette(picture: Scene, stills: Pixels) -> Image.Image:
    """The colours of all frames, as a GIF can have few: half of them those of some frames, the rest trails and heads over the land.

    One colour is left free, which then stands for what has not changed since the frame before and makes the file ten times smaller.
    """
    found = Image.fromarray(stills).quantize(_STILL_COLOURS, dither=Image.Dither.NONE).getpalette() or []
    colours = [tuple(found[first : first + 3]) for first in range(0, len(found), 3)]
    theme = picture.theme
    lands = [rgb(name) for name in picture.shades]
    for share in (1.0, 0.6, 0.8, 0.4, 0.2):  # where there is no room for all shades, none of the colours themselves is missing
        for name in dict.fromkeys([theme.text, theme.halo, *picture.colours]):
            colours += [blend(rgb(name), land, share) for land in ([rgb(theme.background)] if name == theme.text else lands)]
    image = Image.new("P", (1, 1))
    image.putpalette([part for colour in list(dict.fromkeys(colours))[:_COLOURS] for part in colour])
    return image


def _durations(count: int, seconds: float) -> list[int]:
    """Milliseconds for each frame: whole hundredths of a second, as GIF has them, that add up to the length."""
    ends = np.rint(np.linspace(0, 100 * seconds, count + 1)).astype(int)
    return [*(10 * np.diff(ends)).tolist()[:-1], _LAST_MS]


def _mp4(frames: Iterator[Pixels], size: Size, caption: Caption, rate: Fraction) -> bytes:
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as container:
        container.metadata.update(title=caption.title, comment=caption.text)
        stream = container.add_stream("libx264", rate=rate, options={"crf": "18", "preset": "veryfast", "tune": "animation"})
        stream.width, stream.height, stream.pix_fmt = size.width, size.height, "yuv420p"
        for pixels in frames:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        container.mux(stream.encode())
    return file.getvalue()
