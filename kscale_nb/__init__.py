"""The arithmetic of two speculative engineering documents: every figure named, derived, judged and live.

>>> from kscale_nb import MODEL
>>> f"{MODEL.value('active_parameters'):.4g}"
'4.493e+15'
"""

from kscale_nb.chapters import chapter_modules
from kscale_nb.errors import KscaleError
from kscale_nb.ledger import Ledger
from kscale_nb.model import Model
from kscale_nb.quantity import derived, given, whole
from kscale_nb.sources import source_keys

__version__ = "0.1.0"

MODEL = Model.of_chapters(chapter_modules(), sources=source_keys())
LEDGER = Ledger.load(MODEL)

__all__ = ["LEDGER", "MODEL", "KscaleError", "Ledger", "Model", "derived", "given", "whole"]
