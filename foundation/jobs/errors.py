"""How an attempt at a job can end other than well, by class: what is worth another attempt and what is not."""


class LostLease(Exception):
    """This worker no longer holds the job: another attempt runs, or it was cancelled. It must not write."""


class Retryable(Exception):
    """The attempt failed for a reason that may pass (a server is away); the job is tried again after a pause."""
