"""The API: the same querysets, filters, actions and rights as the pages, as JSON.

An app says in its `api.py` what it offers, and `kam.api.urls` gathers it under `/api/v1/`:

    @register("orders")
    class OrderApi(ScopedViewSet):
        model = Order
        serializer_class = OrderSerializer       # what is read
        write_serializer = OrderWriteSerializer  # what is sent; or create_serializer / change_serializer
        filterset_class = OrderFilter
        related = ("client", "warehouse")        # select_related, so that a list has no query a row
        orderings = ("number", "ordered_on")     # what ?ordering= may name beside the columns of the page's list
        figures = ("overdue",)                   # of those columns the ones that get_queryset makes
        flow, move_action = ORDER_FLOW, move_order
        create_action, change_action = create_order, change_order
        verbs = (Verb("lines", set_lines, LinesSerializer), Verb("copy", copy_order, status=201))

gives `GET /orders/`, `POST /orders/`, `GET` and `PATCH /orders/{id}/` (and `DELETE` with a `remove_action`) and
`POST /orders/{id}/{step}/` for every listed step of the flow and every verb. Rows come through `visible_to`, writes
go through actions only. Where the list of the page finds rows by words, `?q=` does.
A view set that is `kam.api.papers.Papered` too gives its `papers` as PDF under `GET /orders/{id}/bill.pdf/`; routes of
other files are made by `kam.api.files.file_route`.
Actions get the fields of the serializer by name (let a field `client` be `VisibleId(Client, source="client_id")`
where the action takes `client_id`), and `by`, `day`, `version`, `reason` where they have such a parameter.
"""
