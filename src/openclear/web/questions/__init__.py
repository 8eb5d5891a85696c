"""Questions about decisions: why, who could have seen what, how often a case was named."""
