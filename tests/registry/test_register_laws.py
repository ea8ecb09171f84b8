"""Whatever is done to the register, in whatever order, its laws hold."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, multiple, rule
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from registry import encryption, models, organisations, statuses
from registry.base import Base
from registry.encryption import KeyRing
from registry.errors import AlreadyRegistered, NotTransferable, StatusNotAllowed
from registry.movements import Movement
from registry.records import change_status
from registry.students import RecordCopy, Student, StudentRecord
from registry.transfers import move_record
from tests.registry.factories import J1, NOW, P1, P2, S1, a_school, a_student

SCHOOLS = (P1, P2, J1, S1)
STATUSES = st.sampled_from(sorted(statuses.NAMES))


class Register(RuleBasedStateMachine):
    """Admit, transfer, suspend, leave, in any order and again, with numbers and cases that repeat."""

    students = Bundle("students")
    cases = st.integers(1, 6).map(lambda serial: f"ZX350102-2026-{serial:05d}")

    @initialize()
    def open_the_register(self):
        encryption.use(KeyRing.generate())
        self.engine = create_engine("sqlite://")
        assert models.__all__
        Base.metadata.create_all(self.engine)
        self.session = Session(self.engine)
        for code in (P1, P2):
            a_school(self.session, code, classes={5: (2, 3)})
        a_school(self.session, J1, stages=("junior",))
        a_school(self.session, S1, authority="350100", stages=("senior",))
        self.day = NOW.date()
        self.written: Counter[tuple[object, ...]] = Counter()

    @rule(target=students, place=st.sampled_from([(P1, 5), (P2, 5), (P2, 6), (J1, 8), (S1, 11)]))
    def admit(self, place):
        school, grade = place
        return a_student(self.session, school=school, grade=grade)

    @rule(target=students, student=students)
    def admit_again(self, student):
        with self.refuses(AlreadyRegistered):
            a_student(self.session, number=student.student_number)
        return multiple()

    @rule(student=students, to=st.sampled_from(SCHOOLS), case=cases)
    def transfer(self, student, to, case):
        before = student.record.status
        with self.refuses(NotTransferable):
            move_record(self.session, student.id, to, effective_on=self.day, case_number=case, now=NOW)
            assert before == statuses.ENROLLED or self.written[(student.id, "22", case)]

    @rule(student=students, status=STATUSES, case=cases)
    def change(self, student, status, case):
        with self.refuses(StatusNotAllowed):
            change_status(self.session, student.id, status, on=self.day, case_number=case, now=NOW)

    @rule(days=st.integers(1, 40))
    def time_passes(self, days):
        self.day += timedelta(days=days)

    def refuses(self, error):
        return _Undone(self.session, error)

    @invariant()
    def every_student_has_one_record(self):
        students = Counter(self.session.scalars(select(Student.id)))
        assert students == Counter(self.session.scalars(select(StudentRecord.student_id)))
        numbers = self.session.scalars(select(Student.student_number)).all()
        assert len(numbers) == len(set(numbers))

    @invariant()
    def movements_only_grow(self):
        rows = self.session.scalars(select(Movement)).all()
        now = Counter((row.student_id, row.code, row.case_number) for row in rows)
        assert all(count == 1 for count in now.values())
        assert self.written <= now
        self.written = now

    @invariant()
    def who_left_one_school_joined_another_and_left_a_copy(self):
        out, into, copies = (
            {(row.student_id, row.case_number) for row in self.session.scalars(query)}
            for query in (
                select(Movement).where(Movement.code == "21"),
                select(Movement).where(Movement.code == "22"),
                select(RecordCopy),
            )
        )
        assert out == into == copies

    @invariant()
    def a_record_stands_where_its_school_is_and_in_a_grade_it_teaches(self):
        for record in self.session.scalars(select(StudentRecord)):
            stage = organisations.stage_with_grade(self.session, record.school_code, record.grade)
            assert stage is not None
            assert stage.stage == record.stage
            path = organisations.stage_path(self.session, record.school_code, record.stage)
            assert {record.office_path, record.student.office_path} == {path}

    @invariant()
    def compulsory_education_never_ends_by_withdrawal(self):
        for record in self.session.scalars(select(StudentRecord)):
            assert not (record.compulsory and record.status in ("withdrawn", "expelled"))

    def teardown(self):
        if hasattr(self, "session"):
            self.session.close()
            self.engine.dispose()


class _Undone:
    """A refusal of this kind undoes what was tried; nothing else may be raised."""

    def __init__(self, session, error):
        self.savepoint, self.error = session.begin_nested(), error

    def __enter__(self):
        return self

    def __exit__(self, kind, _error, _trace):
        if kind is None:
            self.savepoint.commit()
            return False
        self.savepoint.rollback()
        return issubclass(kind, self.error)


TestRegister = Register.TestCase
TestRegister.settings = settings(
    max_examples=15,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
