"""The classroom: questions that find out what you believe, before and after the book."""

from dlcore.classroom.inventory import inventory

__all__ = ["inventory"]
