"""The classroom: exercises that answer back, and questions that find out what you believe.

items      what an exercise is: a task, a reference, and the mistakes its reference can make
mistakes   the mistakes a diagnosis can name, by id; families: those that several exercises share
finding    where the exercises are
cases      the inputs an answer is judged on, from a seed
running    run an answer so that nothing it does can hurt; interrupting: its time limit
comparing  answers against references, as numbers
diagnosis  what was done, by the reference with each mistake made
judging    from an answer to a verdict; showing: how it writes what it shows
verdict    a verdict, as a box in a notebook and as text
record     the learner's record, in one small file
checking   what a learner calls: check, hint, solution
progress   how far a learner is, and what to read again
worksheets the learner's notebooks; saved: the answers in a saved one; terminal: the command dlcore
inventory  the concept inventory, before and after the book
"""

from dlcore.classroom.checking import check, hint, solution
from dlcore.classroom.inventory import inventory
from dlcore.classroom.progress import progress
from dlcore.classroom.verdict import Verdict

__all__ = ["Verdict", "check", "hint", "inventory", "progress", "solution"]
