"""Alerts: saved searches that notify their owner of new hits. Decided again at each run, and ended by an order.

`commands`, `queries` and `asking` do this; `sending` delivers a message.
"""

from openclear.delivery.alerts.asking import run_alerts, start_alerts, wait_for_alerts
from openclear.delivery.alerts.commands import end_alert, keep_alert
from openclear.delivery.alerts.queries import own_alerts

__all__ = ["end_alert", "keep_alert", "own_alerts", "run_alerts", "start_alerts", "wait_for_alerts"]
