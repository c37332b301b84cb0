"""The adoption dossier: what is known about one model before an organisation trusts it, and what is not."""

from fiduciary.dossier.claims import Dossier
from fiduciary.dossier.finding import Claim, Gap, Source

__all__ = ["Claim", "Dossier", "Gap", "Source"]
