// What helps a family on its pages: drafts, school search, uploads, comparing a certificate.
import { carryOn } from "./carry-on.js";
import { compareFile } from "./compare.js";
import { keepDrafts } from "./drafts.js";
import { helpFields } from "./fields.js";
import { searchSchools } from "./search.js";
import { uploadEvidence } from "./upload.js";

export function helpFamilies() {
  helpFields();
  uploadEvidence();
  carryOn();
  keepDrafts();
  searchSchools();
  compareFile();
}
