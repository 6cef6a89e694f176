"""A new document from a folder: survey or audit it, then write what was found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backcheck.audit import Options, audit
from backcheck.docs.document import Document, Kind, slug
from backcheck.docs.security_report import security_report
from backcheck.docs.specification import api_specification
from backcheck.overview import check_folder, survey
from backcheck.repository import head, is_dirty

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path


def new_document(kind: Kind, root: Path, *, api: str, day: date, checklist: str = "") -> Document:
    """Return a document on the code below ``root``; a security report is judged against ``checklist``.

    Raises `UsageError` for a folder that cannot be listed and for a name that cannot stand in a file name.
    """
    check_folder(root)
    slug(api)
    match kind:
        case Kind.API_SPECIFICATION:
            return api_specification(survey(root), api=api, day=day, commit=head(root), dirty=is_dirty(root))
        case Kind.SECURITY_REPORT:
            return security_report(audit(root, Options(checklist=checklist)), api=api, day=day)
