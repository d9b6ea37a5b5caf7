"""Gateways for text messages as they behave from outside, on this machine alone: for the demo, training and tests.

It is written from the gateways' own documentation and shares nothing with how Recourse reads them, so that a mistake on
one side shows on the other. It knows invented phones only, and nothing of it runs in production.
"""
