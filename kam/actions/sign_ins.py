"""The record of who came in, who tried to, and who left."""

from kam.models import SignIn, User


def record_sign_in(outcome: str, *, email: str, user: User | None = None, address: str | None = None, agent: str = ""):
    """Write one attempt down; a person who tried under a known e-mail is named beside it."""
    email = email.strip().lower()[:254]
    if user is None and email:
        user = User.objects.filter(email=email).first()
    return SignIn.objects.create(user=user, email=email, outcome=outcome, address=address, agent=agent[:300])
