"""The short account of a code base, for a model or a person, and its routes as tables."""

from backcheck.overview.account import overview
from backcheck.overview.routes import FORMATS, render_routes
from backcheck.overview.survey import check_folder, survey

__all__ = ["FORMATS", "check_folder", "overview", "render_routes", "survey"]
