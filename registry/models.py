"""Every table of the register, for whoever makes or migrates a database."""

from __future__ import annotations

from registry.applications import Application
from registry.calendar import CalendarDay
from registry.evidence import Evidence
from registry.key_data import FormerData
from registry.movements import Movement
from registry.organisations import Organisation, SchoolStage
from registry.people import Appointment, Person
from registry.places import SchoolClass
from registry.policy import PolicyValue
from registry.promotion import PromotedClass, PromotedStudent, Promotion
from registry.students import Guardian, RecordCopy, Student, StudentRecord
from registry.suspensions import Suspension

__all__ = [
    "Application",
    "Appointment",
    "CalendarDay",
    "Evidence",
    "FormerData",
    "Guardian",
    "Movement",
    "Organisation",
    "Person",
    "PolicyValue",
    "PromotedClass",
    "PromotedStudent",
    "Promotion",
    "RecordCopy",
    "SchoolClass",
    "SchoolStage",
    "Student",
    "StudentRecord",
    "Suspension",
]
