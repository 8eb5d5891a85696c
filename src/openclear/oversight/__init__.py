"""What oversight needs: the packet of an order, the reuse of cases, who could have seen what."""
