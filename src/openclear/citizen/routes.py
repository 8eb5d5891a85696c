"""The routes of the public site. There are no others: nothing is posted, and nothing is asked of the reader."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import path

from openclear.citizen import pages

urlpatterns = [
    path("", pages.entrance, name="entrance"),
    path("healthz", pages.healthz, name="healthz"),
    path("editions/<str:name>/<str:file>", pages.edition_file, name="edition-file"),
    path("log.tar.gz", pages.log_file, name="log-file"),
    path("map/areas.geojson", pages.areas_map, name="areas-map"),
    path("map/blocks.geojson", pages.blocks_map, name="blocks-map"),
    *i18n_patterns(
        path("", pages.home, name="home"),
        path("map/", pages.map_page, name="map"),
        path("areas/<int:code>/", pages.area_page, name="area"),
        path("blocks/", pages.block_page, name="block"),
        path("trends/", pages.trends, name="trends"),
        path("transparency/", pages.transparency, name="transparency"),
        path("data/", pages.downloads, name="downloads"),
        path("about/", pages.about, name="about"),
    ),
]
