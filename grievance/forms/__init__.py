"""The shape of what a person sends."""

from grievance.forms.custody import CustodyKeyForm
from grievance.forms.fields import Words
from grievance.forms.files import PICTURE_PROBLEMS, picture_problems
from grievance.forms.filing import FilingForm, Openness, Safe

__all__ = ["PICTURE_PROBLEMS", "CustodyKeyForm", "FilingForm", "Openness", "Safe", "Words", "picture_problems"]
