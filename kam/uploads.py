"""What a request may bring at most: said before the file is taken, not after the disk is full."""

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler


class QuotaHandler(FileUploadHandler):
    """The first of the upload handlers: refuses a request whose files are larger than UPLOAD_BYTES together."""

    def __init__(self, request=None):
        super().__init__(request)
        self.taken = 0

    def handle_raw_input(self, input_data, META, content_length, boundary, encoding=None):
        if content_length and content_length > settings.UPLOAD_BYTES:
            raise RequestDataTooBig

    def receive_data_chunk(self, raw_data, start):
        self.taken += len(raw_data)
        if self.taken > settings.UPLOAD_BYTES:
            raise RequestDataTooBig
        return raw_data

    def file_complete(self, file_size):
        return None  # the handlers after this one keep the file
