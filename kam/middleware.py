"""What every request of a signed-in person carries: their language and their time zone."""

from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone, translation


class PersonalSettingsMiddleware:
    """Speak the user's language and show moments in their time zone; strangers choose by cookie or browser."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        user = request.user
        if user.is_authenticated:
            language, zone = user.language, user.time_zone
        else:
            language, zone = translation.get_language_from_request(request), settings.TIME_ZONE
        request.LANGUAGE_CODE = language
        with translation.override(language), timezone.override(ZoneInfo(zone)):
            response = self.get_response(request)
            if hasattr(response, "render") and not response.is_rendered:
                response.render()
        response.headers.setdefault("Content-Language", language)
        return response
