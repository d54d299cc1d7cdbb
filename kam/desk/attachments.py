"""Files beside documents: add, download, remove; each through the door of the document itself."""

from django.apps import apps
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _

from kam.actions.attachments import attach_file, remove_attachment
from kam.desk.messages import told
from kam.desk.runs import saved_as
from kam.models import Attachment
from kam.pages import Screen, page_of
from kam.pages.views import gone_to
from kam.refusals import Refusal, Refused


def document_of(user, kind: str, pk: int):
    """The document of this kind if its kind has a page and the person may see it; else 404."""
    try:
        model = apps.get_model(kind)
    except (LookupError, ValueError):
        raise Http404 from None
    page = page_of(model)
    if page is None or not page.may(user, "view"):
        raise Http404
    return get_object_or_404(page.rows(user), pk=pk)


def attachment_of(user, pk: int) -> tuple[Attachment, object]:
    """The file and its document if the person may see the document, else 404."""
    attachment = get_object_or_404(Attachment.objects.visible_to(user).filter(removed_at=None), pk=pk)
    return attachment, document_of(user, attachment.document_kind, attachment.document_id)


class AttachmentAdd(Screen):
    """POST: keep one or more files beside a document."""

    app, name, path = "kam", "attachment_add", "attachments/<str:kind>/<int:pk>/"
    permission = "kam.add_attachment"
    http_method_names = ("post",)

    def post(self, request, kind, pk):
        document = document_of(request.user, kind, pk)
        files = request.FILES.getlist("file")
        if not files:
            told(request, "", Refused(Refusal("no_file", _("Choose a file first."), field="file")))
        for file in files:
            refused = None
            try:
                attach_file(document, file, by=request.user, note=request.POST.get("note", ""))
            except Refused as error:
                refused = error
            told(request, _("“%(name)s” is added.") % {"name": file.name}, refused)
        return gone_to(request, page_of(type(document)).detail_url(document.pk))


class AttachmentFile(Screen):
    """GET: the file, for saving only."""

    app, name, path = "kam", "attachment_file", "attachments/<int:pk>/file/"
    permission = "kam.view_attachment"

    def get(self, request, pk):
        attachment, _document = attachment_of(request.user, pk)
        return saved_as(attachment.file, attachment.name)


class AttachmentRemove(Screen):
    """POST: take a file away."""

    app, name, path = "kam", "attachment_remove", "attachments/<int:pk>/remove/"
    permission = "kam.view_attachment"
    http_method_names = ("post",)

    def post(self, request, pk):
        attachment, document = attachment_of(request.user, pk)
        remove_attachment(attachment.pk, document, by=request.user)
        told(request, _("“%(name)s” is removed.") % {"name": attachment.name})
        return gone_to(request, page_of(type(document)).detail_url(document.pk))
