"""Documents written from the Backend and the verdicts: dated, in the right folder, never over an existing one."""

from backcheck.docs.document import Document, Kind, slug, write
from backcheck.docs.new import new_document
from backcheck.docs.security_report import security_report
from backcheck.docs.specification import api_specification

__all__ = ["Document", "Kind", "api_specification", "new_document", "security_report", "slug", "write"]
