"""`--mails DIR`: each ready mail to a customer as a file of its own."""

from collections.abc import Iterable
from pathlib import Path

from reconciler.advice import problem
from reconciler.cli.chosen import Chosen
from reconciler.cli.destinations import refuse_loss
from reconciler.cli.files import named, write_anew
from reconciler.cli.terminal import messages
from reconciler.model.address import NAME
from reconciler.model.errors import InvalidInput
from reconciler.rendering.mails import Mail


def write_mails(ready: Iterable[Mail], folder: Path, chosen: Chosen) -> None:
    """Writes the mails, and says on stderr which. A file that is there is never overwritten: the same mail is left as
    it is, and another gets a new name. Raises InvalidInput where the folder takes none.
    """
    ready = [mail for mail in ready if NAME.fullmatch(mail.customer.name)]
    refuse_loss(also=[folder / mail.name for mail in ready], chosen=chosen)
    screen = messages(no_color=chosen.no_color)
    if not ready:
        screen.say("No mail to a customer is ready.")
    for mail in ready:
        screen.say(f"A mail to {mail.customer.display_name or mail.customer.name}: {named(_written(mail, folder))}")


def _written(mail: Mail, folder: Path) -> Path:
    """Returns the file that holds the mail."""
    file = folder / mail.name
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if file.is_file() and not file.is_symlink() and file.read_bytes() == mail.message:
            return file
        return write_anew(file, mail.message.decode())
    except (OSError, InvalidInput):
        raise InvalidInput(problem("mails_not_written", named(file), folder=named(folder))) from None
