"""Who the visitor is when a proxy stands before us."""

from kam.environment import environment


def client_address(request):
    """The visitor's IP address: what our own proxy appended last, else who opened the connection.

    Earlier entries of the header are whatever the visitor wrote there and are never read.
    """
    if environment.behind_proxy:
        forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip()
        if forwarded:
            return forwarded
    return request.META.get("REMOTE_ADDR", "")
