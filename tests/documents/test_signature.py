"""What a signature tells and what it does not: the table of failures for PAdES B-T,
then the same file before programs that share no code with us."""

from __future__ import annotations

import io
import re
import subprocess
from datetime import UTC, datetime, timedelta

import pikepdf
import pytest
from asn1crypto import x509 as asn1
from cryptography import x509
from pyhanko.pdf_utils.generic import NumberObject, pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.general import SigningError

from documents import pdfa
from documents.signing.base import OrgRef
from documents.signing.dev_ca import YEAR, DevAuthority
from documents.signing.pades import LoadedKeySigner
from documents.verify import examine
from tests.documents.papers import paper

SCHOOL = OrgRef("2135000001", "福州市榕城小学")


@pytest.fixture(scope="module")
def page(renderer):
    return renderer.pdf(paper())


def sign(authority, page, org=SCHOOL) -> bytes:
    sealed = authority.signer().seal(
        page.pdf, org=org, reason="出具转学联系函", box=page.seal, idempotency_key="1"
    )
    return sealed.data


@pytest.fixture(scope="module")
def signed(authority, page) -> bytes:
    return sign(authority, page)


def changed(pdf: bytes, at: int) -> bytes:
    return pdf[:at] + bytes([pdf[at] ^ 1]) + pdf[at + 1 :]


def test_a_good_file_holds(authority, signed):
    found = examine(signed, authority.trust())
    assert found.holds
    assert found.why == ""
    assert found.number == "Z350102202600010042"
    assert found.signer == "福州市榕城小学电子印章"
    assert abs(found.stamped_at - datetime.now(UTC)) < timedelta(minutes=2)


@pytest.mark.parametrize("part", [0.01, 0.3, 0.6, 0.85])
def test_one_changed_byte_breaks_it(authority, signed, part):
    found = examine(changed(signed, int(len(signed) * part)), authority.trust())
    assert not found.holds


def test_a_change_added_behind_it_breaks_it(authority, signed):
    writer = IncrementalPdfFileWriter(io.BytesIO(signed))
    leaf = writer.root["/Pages"]["/Kids"][0]
    leaf[pdf_name("/Rotate")] = NumberObject(90)
    writer.update_container(leaf)
    out = io.BytesIO()
    writer.write(out)
    found = examine(out.getvalue(), authority.trust())
    assert not found.intact


def test_bytes_after_the_end_are_outside_the_signature(authority, signed):
    found = examine(signed + b"\n% more\n", authority.trust())
    assert found.intact
    assert not found.whole
    assert not found.holds


def test_the_padding_of_the_signature_is_not_protected_by_it(authority, signed):
    """Hence the register compares the hash of the whole file."""
    end = int(re.search(rb"/ByteRange\s*\[\s*0 \d+ (\d+)", signed)[1])
    altered = signed[: end - 3] + b"7" + signed[end - 2 :]
    assert altered != signed
    assert examine(altered, authority.trust()).holds


def test_the_seal_is_seen_and_told_to_screen_readers(signed):
    with pikepdf.open(io.BytesIO(signed)) as pdf:
        (seal,) = pdf.Root.AcroForm.Fields
        assert str(seal.TU) == "福州市榕城小学电子印章"
        left, _, right, _ = (float(side) for side in seal.Rect)
        assert right - left == pytest.approx(40 / 25.4 * 72, abs=0.1)
        assert seal.AP.N.Resources.ExtGState.Ink.BM == "/Multiply"
    assert pdfa.check(signed) == []


def test_no_second_signature_is_possible(authority, signed):
    credential = authority.credential(SCHOOL)
    with pytest.raises(SigningError):
        signers.sign_pdf(
            IncrementalPdfFileWriter(io.BytesIO(signed)),
            signers.PdfSignatureMetadata(field_name="Seal2"),
            signer=LoadedKeySigner(credential),
        )


def test_a_signer_revoked_after_the_stamp_still_counts(tmp_path, page):
    authority = DevAuthority(tmp_path)
    pdf = sign(authority, page)
    authority.revoke(_serial(tmp_path), at=datetime.now(UTC) + timedelta(seconds=2))
    found = examine(pdf, authority.trust(), at=datetime.now(UTC) + timedelta(minutes=1))
    assert found.holds


def test_a_signer_revoked_before_the_stamp_does_not(tmp_path, page):
    authority = DevAuthority(tmp_path)
    authority.credential(SCHOOL)
    authority.revoke(_serial(tmp_path), at=datetime.now(UTC) - timedelta(minutes=1))
    found = examine(sign(authority, page), authority.trust())
    assert found.intact
    assert not found.trusted
    assert found.withdrawn


def test_a_signer_that_expired_after_the_stamp_still_counts(tmp_path, page):
    authority = DevAuthority(tmp_path)
    authority.issue(SCHOOL, not_before=datetime.now(UTC) - timedelta(hours=1), term=timedelta(hours=2))
    pdf = sign(authority, page)
    later = datetime.now(UTC) + timedelta(days=1)
    assert examine(pdf, DevAuthority(tmp_path, clock=lambda: later).trust(), at=later).holds


def test_a_signer_that_had_expired_before_the_stamp_does_not(tmp_path, page):
    authority = DevAuthority(tmp_path)
    authority.issue(SCHOOL, not_before=datetime.now(UTC) - 2 * YEAR, term=YEAR)
    found = examine(sign(authority, page), authority.trust())
    assert not found.trusted
    assert not found.withdrawn


def test_another_authority_of_the_same_names_is_a_stranger(tmp_path, authority, page):
    found = examine(sign(DevAuthority(tmp_path), page), authority.trust())
    assert found.intact
    assert not found.trusted
    assert (found.signer, found.number) == (None, None)


@pytest.mark.parametrize("junk", [b"", b"%PDF-1.7\n", b"hello", b"\x00" * 5000])
def test_junk_is_not_signed(authority, junk):
    assert not examine(junk, authority.trust()).signed


def test_an_unsigned_or_truncated_page_is_not_signed(authority, page, signed):
    assert not examine(page.pdf, authority.trust()).signed
    assert not examine(signed[:-2000], authority.trust()).signed


def test_keys_are_for_their_owner_alone(authority):
    keys = list(authority.folder.rglob("*.key"))
    assert keys
    assert {path.stat().st_mode & 0o777 for path in keys} == {0o600}


def test_a_second_process_finds_the_same_authority(authority):
    again = DevAuthority(authority.folder)
    assert again.credential(SCHOOL).certificate == authority.credential(SCHOOL).certificate


def test_a_school_name_of_22_characters_fits_a_certificate(authority):
    name = "福建省泉州市晋江市安海镇西边村侨联希望实验小学"
    credential = authority.credential(OrgRef("2135000099", name))
    subject = asn1.Certificate.load(credential.certificate).subject.native
    assert subject["organization_name"] == name
    assert subject["common_name"] == f"{name}电子印章"


def test_poppler_and_nss_believe_it(tmp_path, authority, signed):
    database = f"sql:{tmp_path}"
    run("certutil", "-N", "-d", database, "--empty-password")
    run("certutil", "-A", "-d", database, "-n", "root", "-t", "C,C,C", "-i", authority.root_pem)
    (tmp_path / "signed.pdf").write_bytes(signed)
    told = run("pdfsig", "-nssdir", database, tmp_path / "signed.pdf")
    assert "Signature is Valid" in told
    assert "Certificate is Trusted" in told
    assert "Total document signed" in told


def test_openssl_believes_it(tmp_path, authority, signed):
    start, first, second, length = map(
        int, re.search(rb"/ByteRange\s*\[\s*(\d+) (\d+) (\d+) (\d+)", signed).groups()
    )
    contents = bytes.fromhex(signed[first + 1 : second - 1].decode())
    (tmp_path / "sig.der").write_bytes(contents)
    (tmp_path / "data").write_bytes(signed[start:first] + signed[second : second + length])
    told = run(
        "openssl", "cms", "-verify", "-inform", "DER", "-in", tmp_path / "sig.der", "-binary",
        "-content", tmp_path / "data", "-CAfile", authority.root_pem,
        "-certfile", authority.folder / "issuing.pem", "-purpose", "any", "-out", tmp_path / "out",
    )  # fmt: skip
    assert "CMS Verification successful" in told


def test_qpdf_finds_no_fault(tmp_path, signed):
    (tmp_path / "signed.pdf").write_bytes(signed)
    assert "No syntax or stream encoding errors" in run("qpdf", "--check", tmp_path / "signed.pdf")


def run(*command) -> str:
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def _serial(folder) -> str:
    certificate = x509.load_pem_x509_certificate((folder / f"signers/{SCHOOL.code}.pem").read_bytes())
    return f"{certificate.serial_number:x}"
