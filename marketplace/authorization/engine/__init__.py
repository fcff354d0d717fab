"""Pure rules of authorization: the decision table and the policy decision point.

Plain data in, frozen dataclasses out; no Django, no database, no clock.
"""
