"""What reviewers work with: the queue, what differs from a decision, similar decisions, figures of their work."""
