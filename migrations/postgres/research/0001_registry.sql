-- The research side of the registry: pseudonyms only, no name and no registry number.
-- Instants are milliseconds since 1970 UTC (…_at), civil dates ISO text (…_on). What the comments call
-- recomputable can be rebuilt from answer_event, quarantine, milestone, missing_reason, look and episode.

CREATE TABLE staff (
  staff_id      UUID    NOT NULL PRIMARY KEY,
  username      TEXT    NOT NULL UNIQUE,
  role          TEXT    NOT NULL,
  sites         TEXT    NOT NULL,             -- JSON array of site keys
  password_hash TEXT    NOT NULL,             -- argon2id, PHC format
  totp_secret   BYTEA   NOT NULL,
  totp_step     BIGINT  NOT NULL DEFAULT 0,   -- last time step accepted: a code works once
  n_wrong       BIGINT  NOT NULL DEFAULT 0,
  wait_until_at BIGINT  NOT NULL DEFAULT 0,   -- no try counts before this
  created_at    BIGINT  NOT NULL,
  disabled_at   BIGINT,
  subject       TEXT    UNIQUE                -- whom the hospital's sign-in proved first; nobody else comes in by it
);

-- A passkey of a member of staff: a public key with its counter, nothing secret.
CREATE TABLE passkey (
  passkey_id    UUID    NOT NULL PRIMARY KEY,
  staff_id      UUID    NOT NULL REFERENCES staff (staff_id),
  credential_id BYTEA   NOT NULL UNIQUE,      -- what its authenticator calls it
  credential    TEXT    NOT NULL,             -- public key, counter and flags, as webauthn-rs writes them
  name          TEXT    NOT NULL,             -- what its owner calls it
  added_at      BIGINT  NOT NULL,
  used_at       BIGINT
);
CREATE INDEX passkey_by_staff ON passkey (staff_id);

-- What a browser has begun to sign in with or to add, until it comes back: once, within minutes.
CREATE TABLE sign_in_challenge (
  reference_hash BYTEA   NOT NULL PRIMARY KEY, -- SHA-256 of 32 random bytes that only this browser was given
  purpose        TEXT    NOT NULL,
  staff_id       UUID    REFERENCES staff (staff_id), -- who adds a passkey
  state          TEXT    NOT NULL,
  ends_at        BIGINT  NOT NULL
);

CREATE TABLE patient (
  patient_id  UUID    NOT NULL PRIMARY KEY,   -- the pseudonym: random, without order
  hemopathy   TEXT    NOT NULL,
  site        TEXT    NOT NULL,               -- following site: recomputable, of the last episode that stands
  language    TEXT    NOT NULL,
  enrolled_at BIGINT  NOT NULL,
  enrolled_by UUID    NOT NULL REFERENCES staff (staff_id)
);
CREATE INDEX patient_by_site ON patient (site);

-- A dated episode of care as entered; it ends where the next begins. Append-only: an entry that another replaces stands
-- no longer.
CREATE TABLE episode (
  patient_id UUID    NOT NULL REFERENCES patient (patient_id),
  ordinal    BIGINT  NOT NULL,
  pathway    TEXT    NOT NULL,
  site       TEXT    NOT NULL,
  from_on    TEXT    NOT NULL,
  replaces   BIGINT,                          -- the entry it corrects or takes back
  taken_back BOOLEAN NOT NULL,                -- it takes back, and stands for nothing itself
  reason     TEXT    NOT NULL,
  entered_by UUID    NOT NULL REFERENCES staff (staff_id),
  entered_at BIGINT  NOT NULL,
  PRIMARY KEY (patient_id, ordinal),
  FOREIGN KEY (patient_id, replaces) REFERENCES episode (patient_id, ordinal)
);

-- Append-only: of one kind the highest ordinal stands, except relapses, which add up until one is named by another; an
-- infusion and its being given up stand in one place.
CREATE TABLE milestone (
  milestone_id UUID    NOT NULL PRIMARY KEY,
  patient_id   UUID    NOT NULL REFERENCES patient (patient_id),
  ordinal      BIGINT  NOT NULL,
  kind         TEXT    NOT NULL,
  happened_on  TEXT    NOT NULL,
  accuracy     TEXT    NOT NULL,              -- day, month or year
  planned      BOOLEAN NOT NULL,
  cause        TEXT,                          -- of a death, an infusion given up or a withdrawal; of others none
  source       TEXT    NOT NULL,
  replaces     UUID    REFERENCES milestone (milestone_id), -- the entry it corrects or takes back
  taken_back   BOOLEAN NOT NULL,              -- it takes back, and stands for nothing itself
  reason       TEXT    NOT NULL,
  entered_by   UUID    NOT NULL REFERENCES staff (staff_id),
  entered_at   BIGINT  NOT NULL,
  UNIQUE (patient_id, ordinal)
);

-- Why an expected assessment has no answer. Append-only: of one assessment the highest ordinal stands, and one
-- without a reason takes the one before back.
CREATE TABLE missing_reason (
  missing_reason_id UUID NOT NULL PRIMARY KEY,
  patient_id        UUID NOT NULL REFERENCES patient (patient_id),
  ordinal           BIGINT NOT NULL,
  timepoint         TEXT NOT NULL,
  occurrence        BIGINT NOT NULL,
  reason            TEXT,
  note              TEXT NOT NULL,
  entered_by        UUID NOT NULL REFERENCES staff (staff_id),
  entered_at        BIGINT NOT NULL,
  UNIQUE (patient_id, ordinal)
);

-- What the patient agreed to or did not oppose, of which document. Append-only: the highest ordinal stands. When the
-- patient was informed is a milestone, and so is a withdrawal.
CREATE TABLE consent (
  patient_id  UUID    NOT NULL REFERENCES patient (patient_id),
  ordinal     BIGINT  NOT NULL,
  kind        TEXT    NOT NULL,               -- consent or non_opposition
  information TEXT    NOT NULL,               -- the document's version, a key of the study file
  given_on    TEXT    NOT NULL,
  means       TEXT    NOT NULL,               -- oral, paper or electronic
  entered_by  UUID    NOT NULL REFERENCES staff (staff_id),
  entered_at  BIGINT  NOT NULL,
  PRIMARY KEY (patient_id, ordinal)
);

-- That a member of staff looked at a flag, a conflict of devices or something set aside. Append-only; it holds for
-- exactly what was found.
CREATE TABLE look (
  look_id    UUID    NOT NULL PRIMARY KEY,
  patient_id UUID    NOT NULL REFERENCES patient (patient_id),
  ordinal    BIGINT  NOT NULL,
  timepoint  TEXT,                            -- of the assessment, where there is one
  occurrence BIGINT ,
  found      TEXT    NOT NULL,                -- what was found, in a word that changes when it does
  note       TEXT    NOT NULL,
  entered_by UUID    NOT NULL REFERENCES staff (staff_id),
  entered_at BIGINT  NOT NULL,
  UNIQUE (patient_id, ordinal)
);

-- Whether a patient wants reminders: the highest ordinal stands, and who has said nothing wants them. Append-only.
CREATE TABLE reminder_choice (
  patient_id UUID    NOT NULL REFERENCES patient (patient_id),
  ordinal    BIGINT  NOT NULL,
  wanted     BOOLEAN NOT NULL,
  entered_by UUID    REFERENCES staff (staff_id), -- NULL: the patient, by the link of a message
  entered_at BIGINT  NOT NULL,
  PRIMARY KEY (patient_id, ordinal)
);

-- Messages that left or may have left. A row is claimed, in the transaction that checks that it is still due, before
-- its message is handed to the mail server; so a claim that was never ended is a message nobody knows of.
CREATE TABLE reminder (
  reminder_id UUID    NOT NULL PRIMARY KEY,
  patient_id  UUID    NOT NULL REFERENCES patient (patient_id),
  rule        TEXT    NOT NULL,
  timepoint   TEXT    NOT NULL,
  occurrence  BIGINT  NOT NULL,
  nth         BIGINT  NOT NULL,
  state       TEXT    NOT NULL,               -- claimed, sent, failed (to be tried again), unknown, given_up or void
  n_tries     BIGINT  NOT NULL,
  stop_hash   BYTEA   NOT NULL UNIQUE,        -- of the secret in its link to stop
  claimed_at  BIGINT  NOT NULL,
  claimed_on  TEXT    NOT NULL,
  tried_at    BIGINT  NOT NULL,
  next_try_at BIGINT,
  detail      TEXT    NOT NULL,               -- the mail server's code; never its words, which can hold an address
  UNIQUE (patient_id, rule, timepoint, occurrence, nth)
);
CREATE INDEX reminder_by_day ON reminder (claimed_on);
CREATE INDEX reminder_failed ON reminder (next_try_at) WHERE state = 'failed';

-- When reminders were last looked through, by whichever process.
CREATE TABLE reminding (
  one       BIGINT NOT NULL PRIMARY KEY CHECK (one = 1),
  looked_at BIGINT
);
INSERT INTO reminding (one, looked_at) VALUES (1, NULL);

-- A letter with a QR secret and a typed code; both are kept as hashes and work once.
CREATE TABLE enrolment (
  enrolment_id  UUID    NOT NULL PRIMARY KEY,
  patient_id    UUID    NOT NULL REFERENCES patient (patient_id),
  secret_hash   BYTEA UNIQUE,                 -- NULL: forgotten, a month after the letter was used up
  selector      TEXT    NOT NULL,
  verifier_hash TEXT    NOT NULL,             -- argon2id, PHC format
  created_by    UUID    NOT NULL REFERENCES staff (staff_id),
  created_at    BIGINT  NOT NULL,
  expires_at    BIGINT  NOT NULL,
  n_wrong       BIGINT  NOT NULL DEFAULT 0,
  closed_at     BIGINT,                      -- used, burnt or replaced by a newer letter
  closed_as     TEXT
);
CREATE INDEX enrolment_by_patient ON enrolment (patient_id);
CREATE UNIQUE INDEX enrolment_open_selector ON enrolment (selector) WHERE closed_at IS NULL;

CREATE TABLE device (
  device_id       UUID    NOT NULL PRIMARY KEY,
  patient_id      UUID    NOT NULL REFERENCES patient (patient_id),
  kind            TEXT    NOT NULL,             -- own, ward or desk
  credential_hash BYTEA   NOT NULL,
  enrolled_at     BIGINT  NOT NULL,
  last_seen_at    BIGINT,
  confirmed_at    BIGINT,                        -- staff saw its words on the phone that the patient holds
  confirmed_by    UUID    REFERENCES staff (staff_id),
  revoked_at      BIGINT,
  n_unsent        BIGINT  NOT NULL DEFAULT 0,     -- answers it told of that had not been received
  unsent_since    BIGINT,                       -- since when it tells of some
  n_held          BIGINT  NOT NULL DEFAULT 0,     -- all of its own that it told of last
  n_received      BIGINT  NOT NULL DEFAULT 0,     -- how much of its own had been received when it did
  n_lost          BIGINT  NOT NULL DEFAULT 0,     -- answers it told of that are gone and were never received
  lost_at         BIGINT,                       -- when the last of them were missed, until somebody looked
  asks_since      BIGINT,                       -- the earlier of the two
  public_key      BYTEA   CHECK (kind = 'desk' OR public_key IS NOT NULL) -- what it signs with; a desk signs nothing
);
CREATE INDEX device_by_patient ON device (patient_id);
CREATE INDEX device_that_asks ON device (asks_since, device_id) WHERE asks_since IS NOT NULL;

-- A form that was printed: what its code means. Printing it again gives the same code.
CREATE TABLE form (
  code         TEXT    NOT NULL PRIMARY KEY,    -- eight characters and the check character
  patient_id   UUID    NOT NULL REFERENCES patient (patient_id),
  timepoint    TEXT    NOT NULL,
  occurrence   BIGINT NOT NULL,
  instrument   TEXT    NOT NULL,
  version      TEXT    NOT NULL,
  wording_hash TEXT    NOT NULL,                -- of the pack it was printed in
  printed_at   BIGINT NOT NULL,                -- first
  UNIQUE (patient_id, timepoint, occurrence, instrument, version, wording_hash)
);

-- A signed-in browser: of staff or of a patient's device. The reference is kept as a hash.
CREATE TABLE session (
  reference_hash BYTEA   NOT NULL PRIMARY KEY,
  staff_id       UUID    REFERENCES staff (staff_id),
  device_id      UUID    REFERENCES device (device_id),
  created_at     BIGINT  NOT NULL,
  seen_at        BIGINT  NOT NULL,
  ends_at        BIGINT  NOT NULL,
  lock_hash      BYTEA,                       -- locked until the secret of this hash comes
  CHECK ((staff_id IS NULL) <> (device_id IS NULL))
);
CREATE INDEX session_by_end ON session (ends_at);

-- The last position given out, and the chain up to there. Whoever appends locks this row first, so positions follow
-- commits.
CREATE TABLE position (
  one   BIGINT  NOT NULL PRIMARY KEY CHECK (one = 1),
  value BIGINT  NOT NULL,
  chain BYTEA   NOT NULL,
  life  UUID                            -- of the log: another one whenever a backup is put back; NULL in its first
);
INSERT INTO position (one, value, chain) VALUES (1, 0, decode(repeat('00', 32), 'hex'));

-- Whose answers were erased at their request. Its row is what the triggers below ask for before they let the payload of
-- an answer event or of an audit entry go, or a patient's rows; an entry of the audit says the same, and `ressenti
-- verify` takes that one's word alone. Append-only.
CREATE TABLE erasure (
  patient_id UUID    NOT NULL PRIMARY KEY,
  erased_at  BIGINT  NOT NULL
);

-- Devices that were an erased patient's: they are told that nothing is taken in from them any more. Append-only.
CREATE TABLE erased_device (
  device_id UUID NOT NULL PRIMARY KEY
);

-- What was said. Append-only: the triggers below refuse every change, but for erasing all of an event's payload:
-- position, id, patient, time of receipt and chain stay. No foreign keys: patient and device come from the guard, and
-- each key would be looked up again for every row.
CREATE TABLE answer_event (
  position    BIGINT  NOT NULL PRIMARY KEY,
  event_id    UUID    NOT NULL UNIQUE,
  patient_id  UUID    NOT NULL,
  timepoint   TEXT,
  occurrence  BIGINT,
  instrument  TEXT,
  version     TEXT,
  device_id   UUID,
  sequence    BIGINT,
  received_at BIGINT  NOT NULL,
  hash        BYTEA,                          -- SHA-256 of body
  body        TEXT,                           -- the canonical bytes
  salt        BYTEA,                          -- what the log commits to is the hash of this and hash
  chain       BYTEA   NOT NULL,               -- of all up to here: docs/protocol.md
  commitment  BYTEA,                          -- of an erased event alone: what salt and hash gave
  -- All of its payload is there, or nothing of it.
  CHECK (CASE WHEN commitment IS NULL
    THEN timepoint IS NOT NULL AND occurrence IS NOT NULL AND instrument IS NOT NULL AND version IS NOT NULL
      AND device_id IS NOT NULL AND sequence IS NOT NULL AND hash IS NOT NULL AND body IS NOT NULL AND salt IS NOT NULL
    ELSE COALESCE(timepoint, instrument, version, body) IS NULL AND COALESCE(occurrence, sequence) IS NULL
      AND COALESCE(hash, salt) IS NULL AND device_id IS NULL END)
);
CREATE INDEX answer_event_by_patient ON answer_event (patient_id, position);


-- What the server could not accept into the record, kept for staff to look at.
CREATE TABLE quarantine (
  quarantine_id BIGINT  GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
  device_id     UUID    NOT NULL REFERENCES device (device_id),
  patient_id    UUID    NOT NULL REFERENCES patient (patient_id),   -- the device's
  event_id      UUID,
  timepoint     TEXT,                         -- its assessment, where it could be read
  occurrence    BIGINT,
  reason        TEXT    NOT NULL,
  detail        TEXT    NOT NULL,
  hash          BYTEA   NOT NULL,
  body          TEXT    NOT NULL,
  received_at   BIGINT  NOT NULL,
  looked_at     BIGINT,
  UNIQUE (device_id, hash)
);
CREATE INDEX quarantine_by_patient ON quarantine (patient_id);
CREATE INDEX quarantine_of_no_assessment ON quarantine (patient_id) WHERE timepoint IS NULL AND looked_at IS NULL;

-- Recomputable: what one device sent of one questionnaire.
CREATE TABLE questionnaire_copy (
  patient_id         UUID    NOT NULL REFERENCES patient (patient_id),
  timepoint          TEXT    NOT NULL,
  occurrence         BIGINT  NOT NULL,
  instrument         TEXT    NOT NULL,
  device_id          UUID    NOT NULL REFERENCES device (device_id),
  submitted_sequence BIGINT,                 -- the device's count at its submission
  submitted_on       TEXT,                    -- of what staff typed in: answered on
  retrospective      BOOLEAN NOT NULL,        -- answered before inclusion, typed in later
  received_at        BIGINT  NOT NULL,
  PRIMARY KEY (patient_id, timepoint, occurrence, instrument, device_id)
);

-- Recomputable: one instrument of one assessment, over all its copies.
CREATE TABLE questionnaire (
  patient_id    UUID    NOT NULL REFERENCES patient (patient_id),
  timepoint     TEXT    NOT NULL,
  occurrence    BIGINT  NOT NULL,
  instrument    TEXT    NOT NULL,
  submitted_on  TEXT,                         -- of the earliest submission; NULL while only begun
  retrospective BOOLEAN NOT NULL,             -- so are all its copies
  n_copies      BIGINT  NOT NULL,
  received_at   BIGINT  NOT NULL,             -- the last of it
  last_position BIGINT  NOT NULL,             -- of its last event: scores older than this are stale
  PRIMARY KEY (patient_id, timepoint, occurrence, instrument)
);
CREATE INDEX questionnaire_by_position ON questionnaire (last_position);

-- Recomputable: an assessment as the plan has it, with how far it has come. Its state is read from here and
-- today's date.
CREATE TABLE assessment (
  patient_id       UUID    NOT NULL REFERENCES patient (patient_id),
  timepoint        TEXT    NOT NULL,
  occurrence       BIGINT  NOT NULL,
  site             TEXT    NOT NULL,
  expectation      TEXT    NOT NULL,          -- expected, over, not_applicable or cancelled
  opens_on         TEXT,
  due_on           TEXT,
  closes_on        TEXT,
  n_questionnaires BIGINT  NOT NULL,
  n_started        BIGINT  NOT NULL DEFAULT 0,
  n_submitted      BIGINT  NOT NULL DEFAULT 0,
  submitted_on     TEXT,                      -- of the last one sent
  received_at      BIGINT,
  conflict         BOOLEAN NOT NULL DEFAULT FALSE, -- of devices, not looked at; so the two below
  n_flags          BIGINT  NOT NULL DEFAULT 0,
  n_set_aside      BIGINT  NOT NULL DEFAULT 0,
  missing_reason   TEXT,                      -- where one was noted
  silent_on        TEXT,                      -- from this day on it counts as silent: nothing came since it opened
  PRIMARY KEY (patient_id, timepoint, occurrence)
);
-- The worklist reads only what is unfinished, what came in lately and what needs a look.
CREATE INDEX assessment_unfinished ON assessment (site, closes_on, patient_id, timepoint, occurrence)
  WHERE expectation IN ('expected', 'over') AND n_submitted < n_questionnaires AND missing_reason IS NULL;
CREATE INDEX assessment_silent ON assessment (site, closes_on, patient_id, timepoint, occurrence, silent_on)
  WHERE expectation IN ('expected', 'over') AND n_submitted < n_questionnaires AND missing_reason IS NULL
    AND silent_on IS NOT NULL;
CREATE INDEX assessment_received ON assessment (site, received_at, patient_id, timepoint, occurrence)
  WHERE received_at IS NOT NULL;
CREATE INDEX assessment_conflict ON assessment (site, received_at, patient_id, timepoint, occurrence) WHERE conflict;
CREATE INDEX assessment_flagged ON assessment (site, received_at, patient_id, timepoint, occurrence)
  WHERE n_flags > 0;
CREATE INDEX assessment_set_aside ON assessment (site, COALESCE(received_at, 0), patient_id, timepoint, occurrence)
  WHERE n_set_aside > 0;

-- Assessments are planned for what was received up to this position; whoever reads them plans the rest first.
CREATE TABLE planned (
  one      BIGINT  NOT NULL PRIMARY KEY CHECK (one = 1),
  position BIGINT  NOT NULL
);
INSERT INTO planned (one, position) VALUES (1, 0);

-- Recomputable: one scale of one questionnaire's standing copy. value is NULL when there is no score.
CREATE TABLE score (
  patient_id    UUID    NOT NULL REFERENCES patient (patient_id),
  timepoint     TEXT    NOT NULL,
  occurrence    BIGINT  NOT NULL,
  instrument    TEXT    NOT NULL,
  version       TEXT    NOT NULL,
  scale         TEXT    NOT NULL,
  value         DOUBLE PRECISION,
  n_used        BIGINT  NOT NULL,
  n_required    BIGINT  NOT NULL,
  engine        TEXT    NOT NULL,
  last_position BIGINT  NOT NULL,             -- of the questionnaire it was made from
  PRIMARY KEY (patient_id, timepoint, occurrence, instrument, scale)
);
CREATE INDEX score_by_scale ON score (instrument, scale, timepoint);
CREATE INDEX score_by_position ON score (last_position);

-- Recomputable: a score of a standing copy beyond a threshold of the study.
CREATE TABLE flag (
  patient_id   UUID    NOT NULL REFERENCES patient (patient_id),
  timepoint    TEXT    NOT NULL,
  occurrence   BIGINT  NOT NULL,
  flag         TEXT    NOT NULL,
  value        DOUBLE PRECISION NOT NULL,
  value_before DOUBLE PRECISION,                       -- what it is compared with, where the threshold is a change
  PRIMARY KEY (patient_id, timepoint, occurrence, flag)
);

-- Scores up to this position were held against these thresholds; whoever reads flags does the rest first.
CREATE TABLE flagged (
  one      BIGINT  NOT NULL PRIMARY KEY CHECK (one = 1),
  position BIGINT  NOT NULL,
  flags    TEXT    NOT NULL                   -- the study's, as JSON: others make all of it stale
);
INSERT INTO flagged (one, position, flags) VALUES (1, 0, '');

-- Counts what open worklists are to hear of besides positions.
CREATE TABLE news (
  one   BIGINT  NOT NULL PRIMARY KEY CHECK (one = 1),
  value BIGINT  NOT NULL
);
INSERT INTO news (one, value) VALUES (1, 0);

-- Who did what, when and to whom. Append-only; of the security log the payload goes after twelve months, with its
-- salt; of the clinical one what was said about an erased patient.
CREATE TABLE audit (
  audit_id   BIGINT  NOT NULL PRIMARY KEY,      -- from 1, without a gap
  log        TEXT    NOT NULL,                -- clinical (kept with the record) or security (12 months)
  at         BIGINT  NOT NULL,
  staff_id   UUID,
  device_id  UUID,
  operation  TEXT    NOT NULL,                -- purged or erased: the payload is gone
  patient_id UUID,
  detail     TEXT    NOT NULL,
  salt       BYTEA,
  commitment BYTEA   NOT NULL,                -- the salted hash of log, time and payload
  chain      BYTEA   NOT NULL                 -- of all up to here: docs/protocol.md
);

-- The last entry's number, and the chain up to there. Whoever appends locks this row last.
CREATE TABLE audit_end (
  one   BIGINT  NOT NULL PRIMARY KEY CHECK (one = 1),
  value BIGINT  NOT NULL,
  chain BYTEA   NOT NULL
);
INSERT INTO audit_end (one, value, chain) VALUES (1, 0, decode(repeat('00', 32), 'hex'));

-- Signed heads of the two logs, as they were given out.
CREATE TABLE checkpoint (
  log     TEXT    NOT NULL,                   -- answers or audit
  size    BIGINT  NOT NULL,                   -- how many entries it vouches for
  note    TEXT    NOT NULL,                   -- C2SP tlog-checkpoint
  made_at BIGINT  NOT NULL,
  PRIMARY KEY (log, size)
);

-- Recomputable: roots of 256 entries each, so that a root or a proof needs few of them.
CREATE TABLE tree_block (
  log   TEXT    NOT NULL,
  block BIGINT  NOT NULL,                     -- from 0
  root  BYTEA   NOT NULL,
  PRIMARY KEY (log, block)
);

CREATE INDEX audit_by_patient ON audit (patient_id) WHERE patient_id IS NOT NULL;
CREATE INDEX audit_to_purge ON audit (at) WHERE log = 'security' AND operation <> 'purged';

CREATE TABLE export (
  export_id BIGINT  NOT NULL PRIMARY KEY,     -- the number of its audit entry
  position  BIGINT  NOT NULL,                 -- holds what was committed up to here
  as_of_on  TEXT    NOT NULL,
  purpose   TEXT    NOT NULL,
  made_by   UUID    REFERENCES staff (staff_id),
  made_at   BIGINT  NOT NULL,
  files     TEXT    NOT NULL,                 -- JSON: name, rows and SHA-256 of each
  erased_at BIGINT                            -- a patient it holds was erased: it cannot be made again
);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP; END $$;
CREATE FUNCTION refuse_unless_erased() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM erasure WHERE patient_id = OLD.patient_id) THEN
    RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP;
  END IF;
  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER erasure_keeps_its_values BEFORE UPDATE ON erasure
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER erasure_stays BEFORE DELETE ON erasure
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER erasure_is_not_emptied BEFORE TRUNCATE ON erasure
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER answer_event_keeps_its_values BEFORE UPDATE ON answer_event
  FOR EACH ROW WHEN (NOT (
  OLD.commitment IS NULL AND NEW.commitment IS NOT NULL AND NEW.position = OLD.position
  AND NEW.event_id = OLD.event_id AND NEW.patient_id = OLD.patient_id AND NEW.received_at = OLD.received_at
  AND NEW.chain = OLD.chain))
  EXECUTE FUNCTION refuse_change();
CREATE TRIGGER answer_event_is_erased_with_its_patient BEFORE UPDATE ON answer_event
  FOR EACH ROW EXECUTE FUNCTION refuse_unless_erased();
CREATE TRIGGER answer_event_stays BEFORE DELETE ON answer_event
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER answer_event_is_not_emptied BEFORE TRUNCATE ON answer_event
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER milestone_keeps_its_values BEFORE UPDATE ON milestone
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER milestone_stays BEFORE DELETE ON milestone
  FOR EACH ROW EXECUTE FUNCTION refuse_unless_erased();
CREATE TRIGGER milestone_is_not_emptied BEFORE TRUNCATE ON milestone
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER episode_keeps_its_values BEFORE UPDATE ON episode
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER episode_stays BEFORE DELETE ON episode
  FOR EACH ROW EXECUTE FUNCTION refuse_unless_erased();
CREATE TRIGGER episode_is_not_emptied BEFORE TRUNCATE ON episode
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER consent_keeps_its_values BEFORE UPDATE ON consent
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER consent_stays BEFORE DELETE ON consent
  FOR EACH ROW EXECUTE FUNCTION refuse_unless_erased();
CREATE TRIGGER consent_is_not_emptied BEFORE TRUNCATE ON consent
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER reminder_choice_keeps_its_values BEFORE UPDATE ON reminder_choice
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER reminder_choice_stays BEFORE DELETE ON reminder_choice
  FOR EACH ROW EXECUTE FUNCTION refuse_unless_erased();
CREATE TRIGGER reminder_choice_is_not_emptied BEFORE TRUNCATE ON reminder_choice
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER reminder_stays BEFORE DELETE ON reminder
  FOR EACH ROW EXECUTE FUNCTION refuse_unless_erased();
CREATE TRIGGER reminder_is_not_emptied BEFORE TRUNCATE ON reminder
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER missing_reason_keeps_its_values BEFORE UPDATE ON missing_reason
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER missing_reason_stays BEFORE DELETE ON missing_reason
  FOR EACH ROW EXECUTE FUNCTION refuse_unless_erased();
CREATE TRIGGER missing_reason_is_not_emptied BEFORE TRUNCATE ON missing_reason
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER look_keeps_its_values BEFORE UPDATE ON look
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER look_stays BEFORE DELETE ON look
  FOR EACH ROW EXECUTE FUNCTION refuse_unless_erased();
CREATE TRIGGER look_is_not_emptied BEFORE TRUNCATE ON look
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_keeps_its_values BEFORE UPDATE ON audit
  FOR EACH ROW WHEN (NOT (
  (OLD.log = 'security' AND NEW.operation = 'purged' OR OLD.log = 'clinical' AND NEW.operation = 'erased')
  AND NEW.staff_id IS NULL
  AND NEW.device_id IS NULL AND NEW.patient_id IS NULL AND NEW.detail = '' AND NEW.salt IS NULL AND NEW.audit_id = OLD.audit_id
  AND NEW.log = OLD.log AND NEW.at = OLD.at AND NEW.commitment = OLD.commitment AND NEW.chain = OLD.chain))
  EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_is_erased_with_its_patient BEFORE UPDATE ON audit
  FOR EACH ROW WHEN (NEW.operation = 'erased') EXECUTE FUNCTION refuse_unless_erased();
CREATE TRIGGER audit_stays BEFORE DELETE ON audit
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_is_not_emptied BEFORE TRUNCATE ON audit
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER checkpoint_keeps_its_values BEFORE UPDATE ON checkpoint
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER checkpoint_stays BEFORE DELETE ON checkpoint
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER checkpoint_is_not_emptied BEFORE TRUNCATE ON checkpoint
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
