"""The first tables, with the triggers that keep history and movements as they were written."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from registry.base import UtcDateTime as Moment
from registry.movements import TRIGGERS as MOVEMENT_TRIGGERS
from workflows.history import TRIGGERS as HISTORY_TRIGGERS

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

PATH = sa.String(length=120).with_variant(sa.String(length=120, collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "accounts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("username", sa.String(length=80), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("disabled_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("username", name=op.f("uq_accounts_username")),
    )
    op.create_index(op.f("ix_accounts_person_id"), "accounts", ["person_id"], unique=False)
    op.create_table(
        "api_tokens",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("appointment_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.Column("last_used_at", Moment(), nullable=True),
        sa.Column("revoked_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_tokens")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_api_tokens_token_hash")),
    )
    op.create_index(op.f("ix_api_tokens_account_id"), "api_tokens", ["account_id"], unique=False)
    op.create_table(
        "applications",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("filed_at", Moment(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_applications")),
        sa.UniqueConstraint("case_id", "revision", name=op.f("uq_applications_case_id_revision")),
    )
    op.create_table(
        "attempts",
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("key_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "key_hash", name=op.f("pk_attempts")),
    )
    op.create_table(
        "calendar_days",
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=4), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("source", sa.String(length=60), nullable=False),
        sa.Column("notice", sa.String(length=60), nullable=False),
        sa.CheckConstraint("kind IN ('off', 'work')", name=op.f("ck_calendar_days_kind")),
        sa.PrimaryKeyConstraint("date", name=op.f("pk_calendar_days")),
    )
    op.create_table(
        "certificate_events",
        sa.Column("number", sa.String(length=19), nullable=False),
        sa.Column("event", sa.String(length=20), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_events")),
    )
    op.create_index(op.f("ix_certificate_events_number"), "certificate_events", ["number"], unique=False)
    op.create_table(
        "certificate_numbers",
        sa.Column("letter", sa.String(length=1), nullable=False),
        sa.Column("division", sa.String(length=6), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("letter", "division", "year", name=op.f("pk_certificate_numbers")),
    )
    op.create_table(
        "certificate_orders",
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("case_number", sa.String(length=40), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("student_id", sa.Uuid(), nullable=False),
        sa.Column("issuer_code", sa.String(length=20), nullable=False),
        sa.Column("issuer_name", sa.String(length=60), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("number", sa.String(length=19), nullable=False),
        sa.Column("verify_code", sa.String(length=10), nullable=False),
        sa.Column("ordered_at", Moment(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("lease_until", Moment(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "state IN ('ordered', 'blocked', 'working', 'done', 'failed', 'void')",
            name=op.f("ck_certificate_orders_state"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_orders")),
        sa.UniqueConstraint(
            "case_id", "kind", "revision", name=op.f("uq_certificate_orders_case_id_kind_revision")
        ),
        sa.UniqueConstraint("number", name=op.f("uq_certificate_orders_number")),
    )
    op.create_index(
        "ix_certificate_orders_state", "certificate_orders", ["state", "ordered_at"], unique=False
    )
    op.create_index(
        op.f("ix_certificate_orders_student_id"), "certificate_orders", ["student_id"], unique=False
    )
    op.create_table(
        "drafts",
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("process", sa.String(length=60), nullable=False),
        sa.Column("phone_ix", sa.LargeBinary(length=16), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("began_at", Moment(), nullable=False),
        sa.Column("saved_at", Moment(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.Column("answers", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drafts")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_drafts_token_hash")),
    )
    op.create_index(op.f("ix_drafts_expires_at"), "drafts", ["expires_at"], unique=False)
    op.create_index(op.f("ix_drafts_phone_ix"), "drafts", ["phone_ix"], unique=False)
    op.create_table(
        "evidence",
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("given_name", sa.String(length=120), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("storage_key", sa.String(length=200), nullable=False),
        sa.Column("uploaded_by", sa.String(length=80), nullable=False),
        sa.Column("uploaded_at", Moment(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
    )
    op.create_index(op.f("ix_evidence_case_id"), "evidence", ["case_id"], unique=False)
    op.create_index(op.f("ix_evidence_sha256"), "evidence", ["sha256"], unique=False)
    op.create_index(op.f("ix_evidence_uploaded_by"), "evidence", ["uploaded_by"], unique=False)
    op.create_table(
        "family_contacts",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("phone_ix", sa.LargeBinary(length=16), nullable=False),
        sa.Column("phone", sa.LargeBinary(), nullable=False),
        sa.Column("confirmed_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_family_contacts")),
    )
    op.create_index(op.f("ix_family_contacts_phone_ix"), "family_contacts", ["phone_ix"], unique=False)
    op.create_table(
        "looks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("student_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("person_name", sa.String(length=80), nullable=False),
        sa.Column("office", sa.String(length=20), nullable=False),
        sa.Column("what", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_looks")),
    )
    op.create_index("ix_looks_student_id_at", "looks", ["student_id", "at"], unique=False)
    op.create_table(
        "organisations",
        sa.Column("code", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("short_name", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("parent_code", sa.String(length=10), nullable=True),
        sa.Column("path", PATH, nullable=False),
        sa.Column("division", sa.String(length=6), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("pinyin", sa.String(length=400), nullable=False),
        sa.Column("initials", sa.String(length=100), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('school', 'county', 'prefecture', 'province', 'nation')",
            name=op.f("ck_organisations_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["parent_code"], ["organisations.code"], name=op.f("fk_organisations_parent_code_organisations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisations")),
        sa.UniqueConstraint("code", name=op.f("uq_organisations_code")),
    )
    op.create_index(op.f("ix_organisations_division"), "organisations", ["division"], unique=False)
    op.create_index(op.f("ix_organisations_parent_code"), "organisations", ["parent_code"], unique=False)
    op.create_index(op.f("ix_organisations_path"), "organisations", ["path"], unique=False)
    op.create_table(
        "people",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
    )
    op.create_table(
        "phone_codes",
        sa.Column("phone_ix", sa.LargeBinary(length=16), nullable=False),
        sa.Column("purpose", sa.String(length=60), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(length=16), nullable=False),
        sa.Column("sent_at", Moment(), nullable=False),
        sa.Column("shown", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("phone_ix", "purpose", name=op.f("pk_phone_codes")),
    )
    op.create_table(
        "policy_values",
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("place", sa.String(length=6), nullable=False),
        sa.Column("version", sa.String(length=20), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("from_date", sa.Date(), nullable=False),
        sa.Column("to_date", sa.Date(), nullable=True),
        sa.Column("basis", sa.String(length=300), nullable=False),
        sa.Column("tighten", sa.String(length=4), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("tighten IN ('', 'less', 'more')", name=op.f("ck_policy_values_tighten")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_values")),
        sa.UniqueConstraint("key", "place", "version", name=op.f("uq_policy_values_key_place_version")),
    )
    op.create_table(
        "ratings",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("grade", sa.Integer(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_ratings")),
    )
    op.create_table(
        "students",
        sa.Column("student_number", sa.String(length=19), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("name_pinyin", sa.String(length=200), nullable=False),
        sa.Column("name_initials", sa.String(length=60), nullable=False),
        sa.Column("sex", sa.String(length=1), nullable=False),
        sa.Column("birth_date", sa.Date(), nullable=False),
        sa.Column("ethnicity", sa.String(length=2), nullable=False),
        sa.Column("id_type", sa.String(length=1), nullable=False),
        sa.Column("id_number", sa.LargeBinary(), nullable=True),
        sa.Column("id_number_ix", sa.LargeBinary(length=16), nullable=True),
        sa.Column("address", sa.LargeBinary(), nullable=True),
        sa.Column("quiet", sa.Boolean(), nullable=False),
        sa.Column("problem_record", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("office_path", PATH, nullable=False),
        sa.CheckConstraint(
            "id_type IN ('1', '6', '7', '8', '9', 'A', 'Z')", name=op.f("ck_students_id_type")
        ),
        sa.CheckConstraint("sex IN ('1', '2')", name=op.f("ck_students_sex")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_students")),
        sa.UniqueConstraint("id_type", "id_number_ix", name=op.f("uq_students_id_type_id_number_ix")),
        sa.UniqueConstraint("student_number", name=op.f("uq_students_student_number")),
    )
    op.create_index(op.f("ix_students_name_initials"), "students", ["name_initials"], unique=False)
    op.create_index(op.f("ix_students_name_pinyin"), "students", ["name_pinyin"], unique=False)
    op.create_index(op.f("ix_students_office_path"), "students", ["office_path"], unique=False)
    op.create_table(
        "upload_pieces",
        sa.Column("draft_id", sa.Uuid(), nullable=False),
        sa.Column("upload", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("draft_id", "upload", "number", name=op.f("pk_upload_pieces")),
    )
    op.create_index(op.f("ix_upload_pieces_at"), "upload_pieces", ["at"], unique=False)
    op.create_table(
        "web_sessions",
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("appointment_id", sa.Uuid(), nullable=True),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("address", sa.String(length=60), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("last_seen_at", Moment(), nullable=False),
        sa.Column("revoked_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_web_sessions")),
    )
    op.create_index(op.f("ix_web_sessions_account_id"), "web_sessions", ["account_id"], unique=False)
    op.create_index("ix_web_sessions_last_seen", "web_sessions", ["last_seen_at"], unique=False)
    op.create_table(
        "appointments",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_code", sa.String(length=10), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("from_date", sa.Date(), nullable=False),
        sa.Column("to_date", sa.Date(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "role IN ('registrar', 'leader', 'policy', 'admin')", name=op.f("ck_appointments_role")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_code"],
            ["organisations.code"],
            name=op.f("fk_appointments_organisation_code_organisations"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_appointments_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointments")),
    )
    op.create_index(
        op.f("ix_appointments_organisation_code"), "appointments", ["organisation_code"], unique=False
    )
    op.create_index(op.f("ix_appointments_person_id"), "appointments", ["person_id"], unique=False)
    op.create_table(
        "certificates",
        sa.Column("number", sa.String(length=19), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("student_id", sa.Uuid(), nullable=False),
        sa.Column("issuer_code", sa.String(length=20), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("sha256_unsigned", sa.String(length=64), nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("storage_key", sa.String(length=100), nullable=False),
        sa.Column("media_type", sa.String(length=60), nullable=False),
        sa.Column("profile", sa.String(length=20), nullable=False),
        sa.Column("renderer", sa.String(length=120), nullable=False),
        sa.Column("signer", sa.String(length=80), nullable=False),
        sa.Column("signer_serial", sa.String(length=40), nullable=False),
        sa.Column("signer_cert_sha256", sa.String(length=64), nullable=False),
        sa.Column("signed_at", Moment(), nullable=False),
        sa.Column("stamped_at", Moment(), nullable=True),
        sa.Column("issued_at", Moment(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("revoked_at", Moment(), nullable=True),
        sa.Column("revoked_by", sa.Uuid(), nullable=True),
        sa.Column("revoke_reason", sa.String(length=40), nullable=False),
        sa.Column("superseded_at", Moment(), nullable=True),
        sa.Column("superseded_by", sa.String(length=19), nullable=True),
        sa.ForeignKeyConstraint(
            ["order_id"], ["certificate_orders.id"], name=op.f("fk_certificates_order_id_certificate_orders")
        ),
        sa.ForeignKeyConstraint(
            ["superseded_by"],
            ["certificates.number"],
            name=op.f("fk_certificates_superseded_by_certificates"),
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_certificates")),
        sa.UniqueConstraint("order_id", name=op.f("uq_certificates_order_id")),
        sa.UniqueConstraint("sha256", name=op.f("uq_certificates_sha256")),
    )
    op.create_index(op.f("ix_certificates_case_id"), "certificates", ["case_id"], unique=False)
    op.create_index(op.f("ix_certificates_issuer_code"), "certificates", ["issuer_code"], unique=False)
    op.create_index(op.f("ix_certificates_student_id"), "certificates", ["student_id"], unique=False)
    op.create_table(
        "guardians",
        sa.Column("student_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("relation", sa.String(length=20), nullable=False),
        sa.Column("phone", sa.LargeBinary(), nullable=True),
        sa.Column("phone_ix", sa.LargeBinary(length=16), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("office_path", PATH, nullable=False),
        sa.CheckConstraint(
            "relation IN ('father', 'mother', 'grandparent', 'other')", name=op.f("ck_guardians_relation")
        ),
        sa.ForeignKeyConstraint(
            ["student_id"], ["students.id"], name=op.f("fk_guardians_student_id_students")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guardians")),
    )
    op.create_index(op.f("ix_guardians_office_path"), "guardians", ["office_path"], unique=False)
    op.create_index(op.f("ix_guardians_phone_ix"), "guardians", ["phone_ix"], unique=False)
    op.create_index(op.f("ix_guardians_student_id"), "guardians", ["student_id"], unique=False)
    op.create_table(
        "movements",
        sa.Column("student_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=2), nullable=False),
        sa.Column("school_code", sa.String(length=10), nullable=False),
        sa.Column("other_school_code", sa.String(length=10), nullable=True),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("case_number", sa.String(length=40), nullable=False),
        sa.Column("recorded_at", Moment(), nullable=False),
        sa.Column("office_path", PATH, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "code IN ('01', '02', '03', '04', '08', '11', '12', '17', '18', '21', '22', '29', '31', '42', '51', '62', '63', '99')",
            name=op.f("ck_movements_code"),
        ),
        sa.ForeignKeyConstraint(
            ["other_school_code"],
            ["organisations.code"],
            name=op.f("fk_movements_other_school_code_organisations"),
        ),
        sa.ForeignKeyConstraint(
            ["school_code"], ["organisations.code"], name=op.f("fk_movements_school_code_organisations")
        ),
        sa.ForeignKeyConstraint(
            ["student_id"], ["students.id"], name=op.f("fk_movements_student_id_students")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_movements")),
        sa.UniqueConstraint(
            "student_id", "code", "case_number", name=op.f("uq_movements_student_id_code_case_number")
        ),
    )
    op.create_index(op.f("ix_movements_office_path"), "movements", ["office_path"], unique=False)
    op.create_table(
        "record_copies",
        sa.Column("student_id", sa.Uuid(), nullable=False),
        sa.Column("school_code", sa.String(length=10), nullable=False),
        sa.Column("moved_to_code", sa.String(length=10), nullable=False),
        sa.Column("moved_on", sa.Date(), nullable=False),
        sa.Column("case_number", sa.String(length=40), nullable=False),
        sa.Column("taken_at", Moment(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("office_path", PATH, nullable=False),
        sa.ForeignKeyConstraint(
            ["moved_to_code"],
            ["organisations.code"],
            name=op.f("fk_record_copies_moved_to_code_organisations"),
        ),
        sa.ForeignKeyConstraint(
            ["school_code"], ["organisations.code"], name=op.f("fk_record_copies_school_code_organisations")
        ),
        sa.ForeignKeyConstraint(
            ["student_id"], ["students.id"], name=op.f("fk_record_copies_student_id_students")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record_copies")),
        sa.UniqueConstraint(
            "student_id", "case_number", name=op.f("uq_record_copies_student_id_case_number")
        ),
    )
    op.create_index(op.f("ix_record_copies_office_path"), "record_copies", ["office_path"], unique=False)
    op.create_index(op.f("ix_record_copies_school_code"), "record_copies", ["school_code"], unique=False)
    op.create_table(
        "records",
        sa.Column("student_id", sa.Uuid(), nullable=False),
        sa.Column("school_code", sa.String(length=10), nullable=False),
        sa.Column("stage", sa.String(length=10), nullable=False),
        sa.Column("grade", sa.Integer(), nullable=False),
        sa.Column("class_number", sa.Integer(), nullable=True),
        sa.Column("at_school_since", sa.Date(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("status_since", sa.Date(), nullable=False),
        sa.Column("status_until", sa.Date(), nullable=True),
        sa.Column("flags", sa.JSON(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("office_path", PATH, nullable=False),
        sa.CheckConstraint(
            "NOT (stage IN ('primary', 'junior') AND status IN ('withdrawn', 'expelled'))",
            name=op.f("ck_records_compulsory_stage_is_not_left"),
        ),
        sa.CheckConstraint("stage IN ('primary', 'junior', 'senior')", name=op.f("ck_records_stage")),
        sa.CheckConstraint(
            "status IN ('enrolled', 'suspended', 'graduated', 'completed', 'incomplete', 'withdrawn', 'expelled', 'dropout', 'abroad', 'missing', 'deceased', 'void')",
            name=op.f("ck_records_status"),
        ),
        sa.CheckConstraint("grade BETWEEN 1 AND 12", name=op.f("ck_records_grade")),
        sa.ForeignKeyConstraint(
            ["school_code"], ["organisations.code"], name=op.f("fk_records_school_code_organisations")
        ),
        sa.ForeignKeyConstraint(["student_id"], ["students.id"], name=op.f("fk_records_student_id_students")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_records")),
        sa.UniqueConstraint("student_id", name=op.f("uq_records_student_id")),
    )
    op.create_index(op.f("ix_records_office_path"), "records", ["office_path"], unique=False)
    op.create_index(op.f("ix_records_school_code"), "records", ["school_code"], unique=False)
    op.create_table(
        "school_classes",
        sa.Column("school_code", sa.String(length=10), nullable=False),
        sa.Column("stage", sa.String(length=10), nullable=False),
        sa.Column("grade", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("grade BETWEEN 1 AND 12", name=op.f("ck_school_classes_grade")),
        sa.CheckConstraint("number >= 1 AND capacity >= 0", name=op.f("ck_school_classes_numbers")),
        sa.ForeignKeyConstraint(
            ["school_code"], ["organisations.code"], name=op.f("fk_school_classes_school_code_organisations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_school_classes")),
        sa.UniqueConstraint(
            "school_code", "grade", "number", name=op.f("uq_school_classes_school_code_grade_number")
        ),
    )
    op.create_table(
        "school_stages",
        sa.Column("school_code", sa.String(length=10), nullable=False),
        sa.Column("stage", sa.String(length=10), nullable=False),
        sa.Column("authority_code", sa.String(length=10), nullable=False),
        sa.Column("grade_from", sa.Integer(), nullable=False),
        sa.Column("grade_to", sa.Integer(), nullable=False),
        sa.Column("level", sa.String(length=10), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("level IN ('model', 'ordinary')", name=op.f("ck_school_stages_level")),
        sa.CheckConstraint("stage IN ('primary', 'junior', 'senior')", name=op.f("ck_school_stages_stage")),
        sa.CheckConstraint(
            "grade_from BETWEEN 1 AND grade_to AND grade_to <= 12", name=op.f("ck_school_stages_grades")
        ),
        sa.ForeignKeyConstraint(
            ["authority_code"],
            ["organisations.code"],
            name=op.f("fk_school_stages_authority_code_organisations"),
        ),
        sa.ForeignKeyConstraint(
            ["school_code"], ["organisations.code"], name=op.f("fk_school_stages_school_code_organisations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_school_stages")),
        sa.UniqueConstraint("school_code", "stage", name=op.f("uq_school_stages_school_code_stage")),
    )
    op.create_index(
        op.f("ix_school_stages_authority_code"), "school_stages", ["authority_code"], unique=False
    )
    op.create_table(
        "case_counters",
        sa.Column("prefix", sa.String(length=4), nullable=False),
        sa.Column("division", sa.String(length=6), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("prefix", "division", "year", name=op.f("pk_case_counters")),
    )
    op.create_table(
        "definitions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("place", sa.String(length=6), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("in_force_from", Moment(), nullable=False),
        sa.Column("published_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_definitions")),
        sa.UniqueConstraint("key", "place", "version", name=op.f("uq_definitions_key_place_version")),
    )
    op.create_table(
        "idempotency",
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("route", sa.String(length=120), nullable=False),
        sa.Column("request_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("actor", "key", name=op.f("pk_idempotency")),
    )
    op.create_table(
        "cases",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("definition_id", sa.Uuid(), nullable=False),
        sa.Column("process", sa.String(length=60), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=True),
        sa.Column("locks", sa.Boolean(), nullable=False),
        sa.Column("place", sa.String(length=6), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("rev", sa.Integer(), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
        sa.Column("offices", sa.JSON(), nullable=False),
        sa.Column("starter_office", sa.String(length=20), nullable=False),
        sa.Column("filed_by", sa.String(length=20), nullable=False),
        sa.Column("filer_id", sa.Uuid(), nullable=True),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("search", sa.Text(), nullable=False),
        sa.Column("summary", sa.JSON(), nullable=False),
        sa.Column("follows", sa.Uuid(), nullable=True),
        sa.Column("access_hash", sa.LargeBinary(length=32), nullable=True),
        sa.Column("opened_at", Moment(), nullable=False),
        sa.Column("closed_at", Moment(), nullable=True),
        sa.Column("close_reason", sa.Text(), nullable=True),
        sa.Column("withdrawal_asked_at", Moment(), nullable=True),
        sa.Column("withdrawal_reason", sa.Text(), nullable=True),
        sa.Column("last_seq", sa.Integer(), nullable=False),
        sa.Column("last_digest", sa.LargeBinary(length=32), nullable=False),
        sa.ForeignKeyConstraint(["definition_id"], ["definitions.id"], name=op.f("fk_cases_definition_id")),
        sa.ForeignKeyConstraint(["follows"], ["cases.id"], name=op.f("fk_cases_follows")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
        sa.UniqueConstraint("number", name=op.f("uq_cases_number")),
    )
    op.create_index("ix_cases_starter_opened", "cases", ["starter_office", "opened_at"], unique=False)
    op.create_index("ix_cases_subject", "cases", ["subject"], unique=False)
    op.create_index(
        "uq_cases_subject_open",
        "cases",
        ["subject"],
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL AND locks"),
        postgresql_where=sa.text("closed_at IS NULL AND locks"),
    )
    op.create_table(
        "case_offices",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("office", sa.String(length=20), nullable=False),
        sa.Column("office_path", PATH, nullable=False),
        sa.Column("why", sa.String(length=20), nullable=False),
        sa.Column("since", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_offices_case_id")),
        sa.PrimaryKeyConstraint("case_id", "office", name=op.f("pk_case_offices")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_case_offices_path", "case_offices", ["office_path"], unique=False)
    op.create_table(
        "clocks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("run_key", sa.String(length=80), nullable=False),
        sa.Column("element", sa.String(length=120), nullable=False),
        sa.Column("office", sa.String(length=20), nullable=False),
        sa.Column("budget", sa.Integer(), nullable=True),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.Column("running_since", Moment(), nullable=True),
        sa.Column("due_at", Moment(), nullable=True),
        sa.Column("reminders", sa.JSON(), nullable=False),
        sa.Column("overdue_to", sa.String(length=40), nullable=False),
        sa.Column("opened_at", Moment(), nullable=False),
        sa.Column("closed_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_clocks_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clocks")),
        sa.UniqueConstraint("case_id", "run_key", name=op.f("uq_clocks_case_id_run_key")),
    )
    op.create_table(
        "history",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("prev", sa.LargeBinary(length=32), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("event", sa.String(length=30), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_history_case_id")),
        sa.PrimaryKeyConstraint("case_id", "seq", name=op.f("pk_history")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "incidents",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("opened_at", Moment(), nullable=False),
        sa.Column("resolved_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_incidents_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incidents")),
    )
    op.create_index("ix_incidents_case", "incidents", ["case_id"], unique=False)
    op.create_table(
        "notices",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("office", sa.String(length=20), nullable=False),
        sa.Column("office_path", PATH, nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("read_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_notices_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
    )
    op.create_index("ix_notices_case", "notices", ["case_id"], unique=False)
    op.create_index("ix_notices_office", "notices", ["office_path", "at"], unique=False)
    op.create_table(
        "outbox",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("dedup_key", sa.String(length=120), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("due_at", Moment(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("sent_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_outbox_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("dedup_key", name=op.f("uq_outbox_dedup_key")),
    )
    op.create_index(
        "ix_outbox_due",
        "outbox",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("sent_at IS NULL"),
        postgresql_where=sa.text("sent_at IS NULL"),
    )
    op.create_table(
        "clock_runs",
        sa.Column("clock_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("since", Moment(), nullable=False),
        sa.Column("until", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["clock_id"], ["clocks.id"], name=op.f("fk_clock_runs_clock_id")),
        sa.PrimaryKeyConstraint("clock_id", "seq", name=op.f("pk_clock_runs")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "tasks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("box_id", sa.String(length=40), nullable=True),
        sa.Column("element", sa.String(length=120), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("lane", sa.String(length=60), nullable=False),
        sa.Column("office", sa.String(length=20), nullable=False),
        sa.Column("office_path", PATH, nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("decisions", sa.JSON(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("form", sa.String(length=60), nullable=False),
        sa.Column("not_same_as", sa.String(length=60), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("opened_at", Moment(), nullable=False),
        sa.Column("due_at", Moment(), nullable=True),
        sa.Column("overdue_at", Moment(), nullable=True),
        sa.Column("clock_id", sa.Uuid(), nullable=True),
        sa.Column("claimed_by", sa.Uuid(), nullable=True),
        sa.Column("claimed_by_name", sa.String(length=80), nullable=True),
        sa.Column("claimed_at", Moment(), nullable=True),
        sa.Column("decided_at", Moment(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_by_name", sa.String(length=80), nullable=True),
        sa.Column("decision", sa.String(length=30), nullable=True),
        sa.Column("reason_code", sa.String(length=10), nullable=True),
        sa.Column("opinion", sa.Text(), nullable=True),
        sa.Column("fields", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_tasks_case_id")),
        sa.ForeignKeyConstraint(["clock_id"], ["clocks.id"], name=op.f("fk_tasks_clock_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tasks")),
    )
    op.create_index("ix_tasks_case", "tasks", ["case_id", "status", "seq"], unique=False)
    op.create_index(
        "ix_tasks_decided",
        "tasks",
        ["office_path", "decided_at"],
        unique=False,
        sqlite_where=sa.text("decided_at IS NOT NULL"),
        postgresql_where=sa.text("decided_at IS NOT NULL"),
    )
    op.create_index(
        "ix_tasks_inbox",
        "tasks",
        ["office_path", "due_at", "id"],
        unique=False,
        sqlite_where=sa.text("status = 'open'"),
        postgresql_where=sa.text("status = 'open'"),
    )
    op.create_table(
        "timers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("clock_id", sa.Uuid(), nullable=True),
        sa.Column("engine_id", sa.String(length=40), nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("day", sa.Integer(), nullable=True),
        sa.Column("due_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_timers_case_id")),
        sa.ForeignKeyConstraint(["clock_id"], ["clocks.id"], name=op.f("fk_timers_clock_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timers")),
    )
    op.create_index("ix_timers_case", "timers", ["case_id"], unique=False)
    op.create_index("ix_timers_due", "timers", ["due_at"], unique=False)
    dialect = op.get_bind().dialect.name
    kept = [statement for table in MOVEMENT_TRIGGERS[dialect].values() for statement in table]
    for statement in [*HISTORY_TRIGGERS[dialect], *kept]:
        op.get_bind().exec_driver_sql(statement.replace("%", "%%"))
