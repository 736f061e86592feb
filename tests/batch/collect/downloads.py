"""Downloads as course systems make them, written into a folder."""

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

FUNCTIONS = ("grad_mu", "grad_pi")
BOTH = b"def grad_mu(): ...\ndef grad_pi(): ...\n"
ONE = b"def grad_mu(): ...\n"


def answer(text: str) -> bytes:
    """An answer that differs from every other."""
    return BOTH + f"# {text}\n".encode()


def zipped(entries: Mapping[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as opened:
        for name, data in entries.items():
            opened.writestr(name, data)
    return buffer.getvalue()


def fill(folder: Path, entries: Mapping[str, bytes]) -> Path:
    for name, data in entries.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


CANVAS = {
    "doejane_123_456_hw1.py": answer("jane"),
    "garciamarquezgabriel_LATE_124_460_hw1.ipynb": b'{"cells": []}',
    "王芳_125_470_hw1.py": answer("fang"),
    "o_brienpat_126_480_hw_1_2_final.py": answer("pat"),
}

MOODLE_FOLDERS = {
    "Jane Doe_1001_assignsubmission_file/hw1.py": answer("jane"),
    "Jane Doe_1001_assignsubmission_onlinetext/onlinetext.html": b"<p>see file</p>",
    "Gabriel García Márquez_1002_assignsubmission_file/src/hw1.py": answer("gabriel"),
    "Gabriel García Márquez_1002_assignsubmission_file/src/helpers.py": b"x = 1\n",
    "王芳_1003_assignsubmission_file_/hw1.py": answer("fang"),
}

MOODLE_FLAT = {
    "Jane Doe_1001_assignsubmission_file_hw1.py": answer("jane"),
    "Jane Doe_1001_assignsubmission_file_helpers.py": b"x = 1\n",
    "Participant_1002_assignsubmission_file_hw1.py": answer("blind"),
}

GRADESCOPE_METADATA = """\
---
submission_409194023:
  :submitters:
  - :name: Jane Doe
    :sid: '0123'
    :email: jane@example.edu
  :created_at: 2026-04-26 17:34:00.861687000 Z
  :score: 2.0
  :results:
    score: 2.0
    output: |-
      =====
      :submitters: nobody
  :history:
  - :id: 409100000
    :created_at: 2026-04-25 10:00:00.000000000 Z
    :score: 1.0
submission_409194024:
  :submitters:
  - :name: Pat O'Brien
    :sid: '0200'
    :email: pat@example.edu
  - :name: 王芳
    :sid: '0201'
    :email: fang@example.edu
  :created_at: !ruby/object:ActiveSupport::TimeWithZone
    utc: 2026-04-26 18:00:00.000000000 Z
    zone: !ruby/object:ActiveSupport::TimeZone
      name: Etc/UTC
submission_409194025:
  :submitters: []
"""
GRADESCOPE = {
    "assignment_77_export/submission_metadata.yml": GRADESCOPE_METADATA.encode(),
    "assignment_77_export/submission_409194023/hw1.py": answer("jane"),
    "assignment_77_export/submission_409194024/hw1.py": answer("pair"),
    "assignment_77_export/submission_409194025/hw1.py": answer("nobody"),
    "__MACOSX/assignment_77_export/._submission_metadata.yml": b"\0",
}

NBGRADER = {
    "course/source/ps1/ps1.ipynb": b"{}",
    "course/submitted/jane/ps1/ps1.ipynb": b'{"cells": []}',
    "course/submitted/jane/ps1/timestamp.txt": b"2026-02-02 15:58:23.948203 UTC\n",
    "course/submitted/fang/ps1/ps1.ipynb": b'{"cells": []}',
    "course/submitted/fang/ps1/timestamp.txt": b"2026-02-02 23:58:23.948203 +0800",
}

CLASSROOM = {
    "hw1-submissions/hw1-janedoe/hw1.py": answer("jane"),
    "hw1-submissions/hw1-janedoe/.git/HEAD": b"ref: refs/heads/main\n",
    "hw1-submissions/hw1-o-brien/hw1.py": answer("pat"),
    "hw1-submissions/hw1-o-brien/.git/HEAD": b"ref: refs/heads/main\n",
}

PLAIN = {
    "jane.py": answer("jane"),
    "Gabriel García Márquez.ipynb": b'{"cells": []}',
    "王芳/answer.py": answer("fang"),
    "王芳/helpers.py": b"x = 1\n",
    "pat.zip": zipped({"pat/hw1.py": answer("pat")}),
    "README.txt": b"marks are due on Friday",
    ".DS_Store": b"\0",
    "Thumbs.db": b"\0",
}
