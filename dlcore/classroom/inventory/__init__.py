"""The concept inventory: 25 questions, each with an answer and a reason, taken before and after.

questions.py  the questions and their keys
keys.py       the keys that a calculation can find
page.py       the questions as a page that scores itself
"""

from dlcore.classroom.inventory.keys import COMPUTED
from dlcore.classroom.inventory.page import Inventory, inventory
from dlcore.classroom.inventory.questions import QUESTIONS, Question

__all__ = ["COMPUTED", "QUESTIONS", "Inventory", "Question", "inventory"]
