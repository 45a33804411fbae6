-- The identity side: who a pseudonym is. Kept in a database of its own; nothing of it enters the research side.

CREATE TABLE person (
  patient_id      BLOB NOT NULL PRIMARY KEY,
  registry_number TEXT NOT NULL,
  family_name     TEXT NOT NULL,
  given_name      TEXT NOT NULL,
  birth_date      TEXT,                       -- ISO; NULL where it is not known
  site            TEXT NOT NULL,              -- following site, so that a search reads only what it may show
  folded_number   TEXT NOT NULL UNIQUE,       -- lower case, without accents: what is compared
  folded_name     TEXT NOT NULL
) STRICT;
CREATE INDEX person_by_number ON person (site, folded_number);
CREATE INDEX person_by_name ON person (site, folded_name, folded_number);

-- Where reminders go, with the patient's agreement; one standing address a channel. When it is stopped or changed,
-- the sealed address is emptied: what is no longer used is not kept.
CREATE TABLE contact (
  contact_id     BLOB    NOT NULL PRIMARY KEY,
  patient_id     BLOB    NOT NULL REFERENCES person (patient_id),
  channel        TEXT    NOT NULL,             -- email or phone
  address_sealed BLOB    NOT NULL,             -- nonce and AES-256-GCM, bound to patient and channel
  entered_by     BLOB    NOT NULL,             -- staff, on the research side
  created_at     INTEGER NOT NULL,
  stopped_by     BLOB,
  stopped_at     INTEGER
) STRICT;
CREATE UNIQUE INDEX contact_standing ON contact (patient_id, channel) WHERE stopped_at IS NULL;

-- What was corrected about a person, and what stood before. Append-only.
CREATE TABLE person_change (
  patient_id BLOB    NOT NULL REFERENCES person (patient_id),
  ordinal    INTEGER NOT NULL,
  field      TEXT    NOT NULL,
  former     TEXT    NOT NULL,
  reason     TEXT    NOT NULL,
  entered_by BLOB    NOT NULL,
  entered_at INTEGER NOT NULL,
  PRIMARY KEY (patient_id, ordinal)
) STRICT;

-- Who was erased at their own request: what the trigger below asks for before it lets corrections go. Append-only.
CREATE TABLE erasure (
  patient_id BLOB    NOT NULL PRIMARY KEY,
  erased_at  INTEGER NOT NULL
) STRICT;
CREATE TRIGGER person_change_keeps_its_values BEFORE UPDATE ON person_change
BEGIN SELECT RAISE(ABORT, 'a change is never changed'); END;
CREATE TRIGGER person_change_stays BEFORE DELETE ON person_change
  WHEN NOT EXISTS (SELECT 1 FROM erasure WHERE patient_id = OLD.patient_id)
BEGIN SELECT RAISE(ABORT, 'a change is never deleted'); END;
CREATE TRIGGER erasure_keeps_its_values BEFORE UPDATE ON erasure
BEGIN SELECT RAISE(ABORT, 'an erasure is never changed'); END;
CREATE TRIGGER erasure_stays BEFORE DELETE ON erasure
BEGIN SELECT RAISE(ABORT, 'an erasure is never deleted'); END;
