"""An earlier revision of the estate, as git has it.

Promises that nothing but reading commands run, in the one repository that the manifests are committed to; that no file
of a commit decides which repository that is, or runs anything; that nothing is fetched; and that a name which could
mean two commits is refused. Never guesses: what can't be known is an error with the command that mends it.
"""

from reconciler.git.revisions import Revision, commit, head, parted

__all__ = ["Revision", "commit", "head", "parted"]
