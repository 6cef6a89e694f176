"""What an audit says: places, evidence, judgements, verdicts and the result over a whole checklist."""

from backcheck.findings.judgement import Judgement, Outcome, Subject, failed, passed, undecided
from backcheck.findings.place import Evidence, Place
from backcheck.findings.result import AuditResult, ItemVerdict, JudgedSubject, Unread, Verdict
from backcheck.findings.scales import Confidence, Severity

__all__ = [
    "AuditResult",
    "Confidence",
    "Evidence",
    "ItemVerdict",
    "JudgedSubject",
    "Judgement",
    "Outcome",
    "Place",
    "Severity",
    "Subject",
    "Unread",
    "Verdict",
    "failed",
    "passed",
    "undecided",
]
