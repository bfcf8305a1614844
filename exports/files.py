"""Files that take a while to make, as tasks (`lab.executors`): pictures, films and long tables, made in a worker process.

What draws is imported only where it is drawn.
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass, field

from exports.data import to_csv
from exports.size import Size, frame_steps
from figures import THEMES
from lab.executors import Executor, Publish, Whole
from networks.planes import Relief
from scenario import Comparison, Experiment, Scenario
from simulation.progress import Progress

OF_A_PIXEL = 4
"""What it takes to draw a pixel, counted in steps of one trajectory."""
_COURSE = 1_000_000_000
"""And to make the pages of the whole course."""
_PAGE = 100_000_000
"""And to make all landscapes of a page."""
COURSE_MB = {"folder": 91, "ZIP": 66}
"""What the course takes, as it is told before it is made: `python -m benchmarks site` measures it."""


@dataclass(frozen=True)
class File:
    """What was made.

    Attributes:
        content: of the file.
    """

    content: bytes

    @property
    def nbytes(self) -> int:
        """The memory that it takes, in bytes."""
        return len(self.content)


@dataclass(frozen=True)
class FileTask:
    """The task to make a file; two that are equal make the same."""

    @property
    @abstractmethod
    def work(self) -> int:
        """The work that it takes, counted in steps of one trajectory."""

    @abstractmethod
    def make(self, progress: Progress | None) -> bytes:
        """The file's content.

        Args:
            progress: called with the fraction done; if it returns False, the file is given up.

        Raises:
            ValueError: there can be no such file; the message says why.
            simulation.Cancelled: `progress` returned False.
        """

    def compute(self, execute: Executor, publish: Publish[File]) -> File:
        """Make it."""
        return File(Whole(self.make, self.work).compute(execute, publish))


@dataclass(frozen=True)
class RacePicture(FileTask):
    """A picture of a race. Arguments as for `exports.picture.picture`, `form` is the format; `theme` by its name."""

    scenario: Scenario
    form: str
    size: Size
    theme: str
    shown: str
    step: int
    caption: str = "short"
    link: str = ""
    turned: float = 0.0

    @property
    def work(self) -> int:
        """The work that it takes, counted in steps of one trajectory."""
        return OF_A_PIXEL * self.size.width * self.size.height

    def make(self, progress: Progress | None) -> bytes:
        """The picture. Arguments and errors as for `FileTask.make`."""
        from exports.picture import picture

        race = self.scenario.race(progress)
        return picture(race, self.form, self.size, THEMES[self.theme], self.shown, self.step, self.caption, self.link, self.turned)


@dataclass(frozen=True)
class RaceFilm(FileTask):
    """A film of a race. Arguments as for `exports.film.film`; `theme` by its name."""

    scenario: Scenario
    form: str
    size: Size
    theme: str
    shown: str
    seconds: float
    caption: str = "short"
    link: str = ""
    turned: float = 0.0

    @property
    def work(self) -> int:
        """The work that it takes, counted in steps of one trajectory."""
        return OF_A_PIXEL * self.size.width * self.size.height * len(frame_steps(self.scenario.steps, self.form, self.seconds))

    def make(self, progress: Progress | None) -> bytes:
        """The film. Arguments and errors as for `FileTask.make`."""
        from exports.film import film

        race = self.scenario.race()
        look = (self.form, self.size, THEMES[self.theme])
        return film(race, *look, self.shown, self.seconds, progress, self.caption, self.link, self.turned)


@dataclass(frozen=True)
class RaceTable(FileTask):
    """All points of a race as a table (CSV), with the link that opens it."""

    scenario: Scenario
    link: str = ""

    @property
    def work(self) -> int:
        """The work that it takes, counted in steps of one trajectory."""
        return 100 * len(self.scenario.optimizers) * int(self.scenario.start_points().shape[1]) * (self.scenario.steps + 1)

    def make(self, progress: Progress | None) -> bytes:
        """The table. Arguments and errors as for `FileTask.make`."""
        return to_csv(self.scenario.race(), progress, self.link).encode()


@dataclass(frozen=True)
class RacePage(FileTask):
    """A race as a page with all landscapes of the catalogue. Arguments as for `player.as_page`, `theme` by its name."""

    scenario: Scenario
    theme: str
    panels: tuple[str, ...]
    below: str = ""
    plotly: bool = True

    @property
    def work(self) -> int:
        """The work that it takes, counted in steps of one trajectory."""
        return _PAGE

    def make(self, progress: Progress | None) -> bytes:
        """The page. Arguments and errors as for `FileTask.make`."""
        import landscapes
        from player import as_page

        race, grounds = self.scenario.race(), tuple(landscapes.names())
        return as_page(race, THEMES[self.theme], self.panels, self.below, self.plotly, grounds, progress).encode()


@dataclass(frozen=True)
class CourseSite(FileTask):
    """The course as a static site (ZIP), from `exports.course`."""

    @property
    def work(self) -> int:
        """The work that it takes, counted in steps of one trajectory."""
        return _COURSE

    def make(self, progress: Progress | None) -> bytes:
        """The file. Arguments and errors as for `FileTask.make`."""
        from exports.course import course_zip

        return course_zip(progress)


@dataclass(frozen=True)
class TrainingPicture(FileTask):
    """A picture of networks in training. Arguments as for `exports.network_picture.training_picture`, and what was trained."""

    experiment: Experiment
    form: str
    size: Size
    theme: str
    step: int
    landscape: str | None
    comparison: Comparison = field(compare=False, repr=False)
    finer: Relief | None = field(default=None, repr=False)
    caption: str = "short"
    link: str = ""
    turned: float = 0.0

    @property
    def work(self) -> int:
        """The work that it takes, counted in steps of one trajectory."""
        return OF_A_PIXEL * self.size.width * self.size.height

    def make(self, progress: Progress | None) -> bytes:
        """The picture. Arguments and errors as for `FileTask.make`."""
        from exports.network_picture import training_picture

        look = (self.form, self.size, THEMES[self.theme])
        return training_picture(self.comparison, *look, self.step, self.landscape, self.finer, self.caption, self.link, self.turned)


@dataclass(frozen=True)
class TrainingFilm(FileTask):
    """A film of networks in training. Arguments as for `exports.network_picture.training_film`, and what was trained."""

    experiment: Experiment
    form: str
    size: Size
    theme: str
    seconds: float
    landscape: str | None
    comparison: Comparison = field(compare=False, repr=False)
    finer: Relief | None = field(default=None, repr=False)
    caption: str = "short"
    link: str = ""
    turned: float = 0.0

    @property
    def work(self) -> int:
        """The work that it takes, counted in steps of one trajectory."""
        return 2 * OF_A_PIXEL * self.size.width * self.size.height * len(frame_steps(self.experiment.steps, self.form, self.seconds))

    def make(self, progress: Progress | None) -> bytes:
        """The film. Arguments and errors as for `FileTask.make`."""
        from exports.network_picture import training_film

        look = (self.form, self.size, THEMES[self.theme])
        return training_film(
            self.comparison, *look, self.seconds, progress, self.landscape, self.finer, self.caption, self.link, self.turned
        )
