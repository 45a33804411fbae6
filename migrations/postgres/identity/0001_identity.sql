-- The identity side: who a pseudonym is. Kept in a database of its own; nothing of it enters the research side.

CREATE TABLE person (
  patient_id      UUID NOT NULL PRIMARY KEY,
  registry_number TEXT NOT NULL,
  family_name     TEXT NOT NULL,
  given_name      TEXT NOT NULL,
  birth_date      TEXT,                       -- ISO; NULL where it is not known
  site            TEXT NOT NULL,              -- following site, so that a search reads only what it may show
  folded_number   TEXT COLLATE "C" NOT NULL UNIQUE, -- lower case, without accents: what is compared
  folded_name     TEXT COLLATE "C" NOT NULL
);
CREATE INDEX person_by_number ON person (site, folded_number);
CREATE INDEX person_by_name ON person (site, folded_name, folded_number);

-- Where reminders go, with the patient's agreement; one standing address a channel. When it is stopped or changed,
-- the sealed address is emptied: what is no longer used is not kept.
CREATE TABLE contact (
  contact_id     UUID    NOT NULL PRIMARY KEY,
  patient_id     UUID    NOT NULL REFERENCES person (patient_id),
  channel        TEXT    NOT NULL,             -- email or phone
  address_sealed BYTEA   NOT NULL,             -- nonce and AES-256-GCM, bound to patient and channel
  entered_by     UUID    NOT NULL,             -- staff, on the research side
  created_at     BIGINT  NOT NULL,
  stopped_by     UUID,
  stopped_at     BIGINT
);
CREATE UNIQUE INDEX contact_standing ON contact (patient_id, channel) WHERE stopped_at IS NULL;

-- What was corrected about a person, and what stood before. Append-only.
CREATE TABLE person_change (
  patient_id UUID    NOT NULL REFERENCES person (patient_id),
  ordinal    BIGINT  NOT NULL,
  field      TEXT    NOT NULL,
  former     TEXT    NOT NULL,
  reason     TEXT    NOT NULL,
  entered_by UUID    NOT NULL,
  entered_at BIGINT  NOT NULL,
  PRIMARY KEY (patient_id, ordinal)
);

-- Who was erased at their own request: what the trigger below asks for before it lets corrections go. Append-only.
CREATE TABLE erasure (
  patient_id UUID    NOT NULL PRIMARY KEY,
  erased_at  BIGINT  NOT NULL
);
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP; END $$;
CREATE FUNCTION refuse_unless_erased() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM erasure WHERE patient_id = OLD.patient_id) THEN
    RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP;
  END IF;
  RETURN OLD;
END $$;
CREATE TRIGGER person_change_keeps_its_values BEFORE UPDATE ON person_change
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER person_change_stays BEFORE DELETE ON person_change
  FOR EACH ROW EXECUTE FUNCTION refuse_unless_erased();
CREATE TRIGGER person_change_is_not_emptied BEFORE TRUNCATE ON person_change
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER erasure_keeps_its_values BEFORE UPDATE ON erasure
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER erasure_stays BEFORE DELETE ON erasure
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER erasure_is_not_emptied BEFORE TRUNCATE ON erasure
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
