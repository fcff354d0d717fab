"""Passwords of tests: the product's algorithm with one round, which its servers verify like any other."""

from django.contrib.auth.hashers import PBKDF2PasswordHasher


class OneRound(PBKDF2PasswordHasher):
    """PBKDF2 as the product has it, without the work that makes guessing slow."""

    iterations = 1
