"""What tests of a run need: a class of sources, an executor without processes, and a watch that remembers."""

from dataclasses import dataclass, field, replace

from grader.batch.run import BatchRequest
from grader.batch.work import Lost, graded_entry
from grader.loading.rubric import load_rubric
from grader.model.handin import Collection, HandIn, Student
from grader.model.submission import Chunk, Submission
from grader.truth.modules import TrustedModules
from tests.batch.tiny_class import ANSWERS, write_rubric


def rubric_in(folder, **changes):
    path = write_rubric(folder, **changes)
    return load_rubric(path, shown="rubric.toml", lookup=lambda place, ref: TrustedModules(place).signature(ref))


def request(rubric, **changes):
    return BatchRequest(**{"rubric": rubric, "seed": 3, "isolation": "none", **changes})


@dataclass
class Sources:
    """A class in memory: the source of each hand-in by its id; an exception is raised when it is read."""

    sources: dict
    asked: list = field(default_factory=list)

    @property
    def collection(self):
        return Collection(
            source="plain",
            says="made up",
            students=tuple(Student(id=name) for name in sorted(self.sources)),
            hand_ins=tuple(HandIn(id=name, students=(name,), path=f"{name}.py") for name in sorted(self.sources)),
        )

    def read(self, hand_in, functions):
        self.asked.append(hand_in.id)
        source = self.sources[hand_in.id]
        if isinstance(source, OSError):
            raise source
        return source if isinstance(source, Submission) else submission(hand_in.id, source)


def submission(name, source, **changes):
    chunks = (Chunk(label=name, source=source),)
    plain = Submission(path=f"{name}.py", student=name, sha256=str(len(source)), chunks=chunks)
    return replace(plain, **changes)


def some_sources(count):
    return {f"s{i:02d}": f"# {i}\n{ANSWERS[i % len(ANSWERS)]}" for i in range(count)}


@dataclass
class Watched:
    """Remembers what it was told."""

    counted_: list = field(default_factory=list)
    waits: int = 0

    def counted(self, counted):
        self.counted_.append(counted)

    def waiting(self):
        self.waits += 1

    @property
    def new(self):
        return [each.hand_in.id for each in self.counted_ if not each.kept]

    @property
    def kept(self):
        return [each.hand_in.id for each in self.counted_ if each.kept]


class InProcess:
    """Grades in this process, when it is asked for what is finished, the newest first."""

    shared = None
    """A sandbox for all runs of a module, whatever level they ask for; without it, each opens its own."""

    def __init__(self, *, most=4, level=None, lose=(), before=None):
        self.most = most
        self.level = level
        self.lose = set(lose)
        self.before = before or (lambda task: None)
        self.held = []
        self.most_held = 0
        self.sandbox = None

    def start(self, opening):
        self.sandbox = self.shared or opening.open()
        self.forbidden = opening.forbidden

    def proved(self):
        report = self.sandbox.report
        return report if self.level is None else report.model_copy(update={"level": self.level})

    def begin(self, setup):
        self.setup = setup
        self.grading = setup.grading()

    @property
    def hungry(self):
        return len(self.held) < self.most

    def submit(self, task):
        self.held.append(task)
        self.most_held = max(self.most_held, len(self.held))

    def finished(self, timeout_s):
        task = self.held.pop()
        self.before(task)
        if task.hand_in in self.lose:
            return [Lost(task=task, says="its worker died")]
        ticks = iter((0.0, 0.25))
        return [graded_entry(task, self.grading, self.setup.manner, self.sandbox, lambda: next(ticks))]

    def close(self):
        if self.sandbox is not self.shared:
            self.sandbox.close()
