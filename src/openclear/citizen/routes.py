"""The routes of the public site. There are no others: nothing is posted, and nothing is asked of the reader.

`docs/public-routes.md` lists each with its parameters.
"""

from django.conf.urls.i18n import i18n_patterns
from django.urls import path

from openclear.citizen import data, pages, sitemap

urlpatterns = [
    path("", pages.entrance, name="entrance"),
    path("healthz", data.healthz, name="healthz"),
    path("robots.txt", data.robots, name="robots"),
    path("sitemap.xml", sitemap.site_map, name="sitemap"),
    path("editions.json", data.editions_list, name="editions-list"),
    path("editions/<str:name>/<str:file>", data.edition_file, name="edition-file"),
    path("log.tar.gz", data.log_file, name="log-file"),
    path("map/areas.geojson", data.areas_map, name="areas-map"),
    path("map/blocks.geojson", data.blocks_map, name="blocks-map"),
    path("map/streets.geojson", data.streets_map, name="streets-map"),
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
