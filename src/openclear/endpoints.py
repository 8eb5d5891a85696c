"""Every question that is declared once and answered on several doors. Page, API and command line serve this list."""

from openclear.access.endpoints import AGENCIES, AGREEMENTS, EXPLAIN, OFFICERS, ORDERS
from openclear.oversight.endpoints import COULD_SEE, FINDINGS, STOPS
from openclear.records.cases.endpoints import CASE_LIST
from openclear.vocabulary.endpoint import Endpoint

ENDPOINTS: tuple[Endpoint, ...] = (
    CASE_LIST,
    AGENCIES,
    AGREEMENTS,
    OFFICERS,
    ORDERS,
    EXPLAIN,
    COULD_SEE,
    STOPS,
    FINDINGS,
)
