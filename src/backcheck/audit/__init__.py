"""The audit of a code base against a checklist: which items, which verdicts, on what evidence."""

from backcheck.audit.engine import audit, judge_change
from backcheck.audit.lint import lint
from backcheck.audit.look import Progress, silent
from backcheck.audit.options import Options
from backcheck.audit.selection import Selection
from backcheck.audit.verification import Proof, keep_quoted_files, verify

__all__ = [
    "Options",
    "Progress",
    "Proof",
    "Selection",
    "audit",
    "judge_change",
    "keep_quoted_files",
    "lint",
    "silent",
    "verify",
]
