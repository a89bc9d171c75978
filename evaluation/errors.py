"""Everything that can go wrong in `evaluation`.

EvaluationError
├── LinesInvalid      a file of lines is not what it should be; names file and line
├── IntentUnknown     no part of the assistant knows the intent
└── DataTooSmall      there are not enough messages to measure with
"""


class EvaluationError(Exception):
    """Something could not be measured or taken over."""


class LinesInvalid(EvaluationError):
    """A file of lines is not what it should be. Names the file and the line."""


class IntentUnknown(EvaluationError):
    """No part of the assistant knows the intent."""


class DataTooSmall(EvaluationError):
    """There are not enough messages to measure with."""
