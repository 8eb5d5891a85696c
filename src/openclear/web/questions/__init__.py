"""Questions about answers: why, who could have seen, how often a case was named."""
