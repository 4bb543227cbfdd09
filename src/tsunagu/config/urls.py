"""Where everything is: the pages, and beside them the API."""

from django.urls import include, path

from tsunagu.api.hma.addresses import hma_patterns
from tsunagu.api.middleware import API, HMA
from tsunagu.api.operations import build_api, url_patterns
from tsunagu.web import rooms, urls

api = build_api(rooms=rooms.rooms, now=rooms.now)
hma = hma_patterns(rooms=rooms.rooms, now=rooms.now)
urlpatterns = [
    path(API.removeprefix("/"), include((url_patterns(api), "api"))),
    path(HMA.removeprefix("/"), include((hma, "hma"))),
    *urls.urlpatterns,
]
handler400, handler403, handler404, handler500 = urls.handler400, urls.handler403, urls.handler404, urls.handler500
