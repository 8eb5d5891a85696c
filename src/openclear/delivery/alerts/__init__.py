"""Alerts: saved searches that tell their owner of new hits. Decided again at each asking, and ended by an order.

`commands`, `queries` and `asking` say how; `sending` carries a message.
"""

from openclear.delivery.alerts.asking import run_alerts, start_alerts, wait_for_alerts
from openclear.delivery.alerts.commands import end_alert, keep_alert
from openclear.delivery.alerts.queries import own_alerts

__all__ = ["end_alert", "keep_alert", "own_alerts", "run_alerts", "start_alerts", "wait_for_alerts"]
