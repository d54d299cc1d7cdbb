"""Mail where no mail server is named: it goes to the log, so nothing pretends to have been sent."""

import logging

from django.core.mail.backends.base import BaseEmailBackend

log = logging.getLogger(__name__)


class LoggedMail(BaseEmailBackend):
    """Write each message's addresses and subject to the log; its text stays out of it."""

    def send_messages(self, email_messages):
        """No message leaves the machine: none is counted as sent."""
        for message in email_messages:
            log.warning("EMAIL_URL is not set, not sent: %r to %s", message.subject, ", ".join(message.to))
        return 0
