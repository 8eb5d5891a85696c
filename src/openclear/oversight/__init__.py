"""What those who watch need: the packet of an order, the re-use of cases, who could have seen what."""
