-- The research side of the registry: pseudonyms only, no name and no registry number.
-- Instants are milliseconds since 1970 UTC (…_at), civil dates ISO text (…_on). What the comments call
-- recomputable can be rebuilt from answer_event, quarantine, milestone, missing_reason, look and episode.

CREATE TABLE staff (
  staff_id      BLOB    NOT NULL PRIMARY KEY,
  username      TEXT    NOT NULL UNIQUE,
  role          TEXT    NOT NULL,
  sites         TEXT    NOT NULL,             -- JSON array of site keys
  password_hash TEXT    NOT NULL,             -- argon2id, PHC format
  totp_secret   BLOB    NOT NULL,
  totp_step     INTEGER NOT NULL DEFAULT 0,   -- last time step accepted: a code works once
  n_wrong       INTEGER NOT NULL DEFAULT 0,
  wait_until_at INTEGER NOT NULL DEFAULT 0,   -- no try counts before this
  created_at    INTEGER NOT NULL,
  disabled_at   INTEGER,
  subject       TEXT    UNIQUE                -- whom the hospital's sign-in proved first; nobody else comes in by it
) STRICT;

-- A passkey of a member of staff: a public key with its counter, nothing secret.
CREATE TABLE passkey (
  passkey_id    BLOB    NOT NULL PRIMARY KEY,
  staff_id      BLOB    NOT NULL REFERENCES staff (staff_id),
  credential_id BLOB    NOT NULL UNIQUE,      -- what its authenticator calls it
  credential    TEXT    NOT NULL,             -- public key, counter and flags, as webauthn-rs writes them
  name          TEXT    NOT NULL,             -- what its owner calls it
  added_at      INTEGER NOT NULL,
  used_at       INTEGER
) STRICT;
CREATE INDEX passkey_by_staff ON passkey (staff_id);

-- What a browser has begun to sign in with or to add, until it comes back: once, within minutes.
CREATE TABLE sign_in_challenge (
  reference_hash BLOB    NOT NULL PRIMARY KEY, -- SHA-256 of 32 random bytes that only this browser was given
  purpose        TEXT    NOT NULL,
  staff_id       BLOB    REFERENCES staff (staff_id), -- who adds a passkey
  state          TEXT    NOT NULL,
  ends_at        INTEGER NOT NULL
) STRICT;

CREATE TABLE patient (
  patient_id  BLOB    NOT NULL PRIMARY KEY,   -- the pseudonym: random, without order
  hemopathy   TEXT    NOT NULL,
  site        TEXT    NOT NULL,               -- following site: recomputable, of the last episode that stands
  language    TEXT    NOT NULL,
  enrolled_at INTEGER NOT NULL,
  enrolled_by BLOB    NOT NULL REFERENCES staff (staff_id)
) STRICT;
CREATE INDEX patient_by_site ON patient (site);

-- A dated episode of care as entered; it ends where the next begins. Append-only: an entry that another replaces stands
-- no longer.
CREATE TABLE episode (
  patient_id BLOB    NOT NULL REFERENCES patient (patient_id),
  ordinal    INTEGER NOT NULL,
  pathway    TEXT    NOT NULL,
  site       TEXT    NOT NULL,
  from_on    TEXT    NOT NULL,
  replaces   INTEGER,                         -- the entry it corrects or takes back
  taken_back INTEGER NOT NULL,                -- it takes back, and stands for nothing itself
  reason     TEXT    NOT NULL,
  entered_by BLOB    NOT NULL REFERENCES staff (staff_id),
  entered_at INTEGER NOT NULL,
  PRIMARY KEY (patient_id, ordinal),
  FOREIGN KEY (patient_id, replaces) REFERENCES episode (patient_id, ordinal)
) STRICT;

-- Append-only: of one kind the highest ordinal stands, except relapses, which add up until one is named by another; an
-- infusion and its being given up stand in one place.
CREATE TABLE milestone (
  milestone_id BLOB    NOT NULL PRIMARY KEY,
  patient_id   BLOB    NOT NULL REFERENCES patient (patient_id),
  ordinal      INTEGER NOT NULL,
  kind         TEXT    NOT NULL,
  happened_on  TEXT    NOT NULL,
  accuracy     TEXT    NOT NULL,              -- day, month or year
  planned      INTEGER NOT NULL,
  cause        TEXT,                          -- of a death, an infusion given up or a withdrawal; of others none
  source       TEXT    NOT NULL,
  replaces     BLOB    REFERENCES milestone (milestone_id), -- the entry it corrects or takes back
  taken_back   INTEGER NOT NULL,              -- it takes back, and stands for nothing itself
  reason       TEXT    NOT NULL,
  entered_by   BLOB    NOT NULL REFERENCES staff (staff_id),
  entered_at   INTEGER NOT NULL,
  UNIQUE (patient_id, ordinal)
) STRICT;

-- Why an expected assessment has no answer. Append-only: of one assessment the highest ordinal stands, and one
-- without a reason takes the one before back.
CREATE TABLE missing_reason (
  missing_reason_id BLOB NOT NULL PRIMARY KEY,
  patient_id        BLOB NOT NULL REFERENCES patient (patient_id),
  ordinal           INTEGER NOT NULL,
  timepoint         TEXT NOT NULL,
  occurrence        INTEGER NOT NULL,
  reason            TEXT,
  note              TEXT NOT NULL,
  entered_by        BLOB NOT NULL REFERENCES staff (staff_id),
  entered_at        INTEGER NOT NULL,
  UNIQUE (patient_id, ordinal)
) STRICT;

-- What the patient agreed to or did not oppose, of which document. Append-only: the highest ordinal stands. When the
-- patient was informed is a milestone, and so is a withdrawal.
CREATE TABLE consent (
  patient_id  BLOB    NOT NULL REFERENCES patient (patient_id),
  ordinal     INTEGER NOT NULL,
  kind        TEXT    NOT NULL,               -- consent or non_opposition
  information TEXT    NOT NULL,               -- the document's version, a key of the study file
  given_on    TEXT    NOT NULL,
  means       TEXT    NOT NULL,               -- oral, paper or electronic
  entered_by  BLOB    NOT NULL REFERENCES staff (staff_id),
  entered_at  INTEGER NOT NULL,
  PRIMARY KEY (patient_id, ordinal)
) STRICT;

-- That a member of staff looked at a flag, a conflict of devices or something set aside. Append-only; it holds for
-- exactly what was found.
CREATE TABLE look (
  look_id    BLOB    NOT NULL PRIMARY KEY,
  patient_id BLOB    NOT NULL REFERENCES patient (patient_id),
  ordinal    INTEGER NOT NULL,
  timepoint  TEXT,                            -- of the assessment, where there is one
  occurrence INTEGER,
  found      TEXT    NOT NULL,                -- what was found, in a word that changes when it does
  note       TEXT    NOT NULL,
  entered_by BLOB    NOT NULL REFERENCES staff (staff_id),
  entered_at INTEGER NOT NULL,
  UNIQUE (patient_id, ordinal)
) STRICT;

-- Whether a patient wants reminders: the highest ordinal stands, and who has said nothing wants them. Append-only.
CREATE TABLE reminder_choice (
  patient_id BLOB    NOT NULL REFERENCES patient (patient_id),
  ordinal    INTEGER NOT NULL,
  wanted     INTEGER NOT NULL,
  entered_by BLOB    REFERENCES staff (staff_id), -- NULL: the patient, by the link of a message
  entered_at INTEGER NOT NULL,
  PRIMARY KEY (patient_id, ordinal)
) STRICT;

-- Messages that left or may have left. A row is claimed, in the transaction that checks that it is still due, before
-- its message is handed to the mail server; so a claim that was never ended is a message nobody knows of.
CREATE TABLE reminder (
  reminder_id BLOB    NOT NULL PRIMARY KEY,
  patient_id  BLOB    NOT NULL REFERENCES patient (patient_id),
  rule        TEXT    NOT NULL,
  timepoint   TEXT    NOT NULL,
  occurrence  INTEGER NOT NULL,
  nth         INTEGER NOT NULL,
  state       TEXT    NOT NULL,               -- claimed, sent, failed (to be tried again), unknown, given_up or void
  n_tries     INTEGER NOT NULL,
  stop_hash   BLOB    NOT NULL UNIQUE,        -- of the secret in its link to stop
  claimed_at  INTEGER NOT NULL,
  claimed_on  TEXT    NOT NULL,
  tried_at    INTEGER NOT NULL,
  next_try_at INTEGER,
  detail      TEXT    NOT NULL,               -- the mail server's code; never its words, which can hold an address
  UNIQUE (patient_id, rule, timepoint, occurrence, nth)
) STRICT;
CREATE INDEX reminder_by_day ON reminder (claimed_on);
CREATE INDEX reminder_failed ON reminder (next_try_at) WHERE state = 'failed';

-- When reminders were last looked through, by whichever process.
CREATE TABLE reminding (
  one       INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
  looked_at INTEGER
) STRICT;
INSERT INTO reminding (one, looked_at) VALUES (1, NULL);

-- A letter with a QR secret and a typed code; both are kept as hashes and work once.
CREATE TABLE enrolment (
  enrolment_id  BLOB    NOT NULL PRIMARY KEY,
  patient_id    BLOB    NOT NULL REFERENCES patient (patient_id),
  secret_hash   BLOB UNIQUE,                  -- NULL: forgotten, a month after the letter was used up
  selector      TEXT    NOT NULL,
  verifier_hash TEXT    NOT NULL,             -- argon2id, PHC format
  created_by    BLOB    NOT NULL REFERENCES staff (staff_id),
  created_at    INTEGER NOT NULL,
  expires_at    INTEGER NOT NULL,
  n_wrong       INTEGER NOT NULL DEFAULT 0,
  closed_at     INTEGER,                      -- used, burnt or replaced by a newer letter
  closed_as     TEXT
) STRICT;
CREATE INDEX enrolment_by_patient ON enrolment (patient_id);
CREATE UNIQUE INDEX enrolment_open_selector ON enrolment (selector) WHERE closed_at IS NULL;

CREATE TABLE device (
  device_id       BLOB    NOT NULL PRIMARY KEY,
  patient_id      BLOB    NOT NULL REFERENCES patient (patient_id),
  kind            TEXT    NOT NULL,             -- own, ward or desk
  credential_hash BLOB    NOT NULL,
  enrolled_at     INTEGER NOT NULL,
  last_seen_at    INTEGER,
  confirmed_at    INTEGER,                       -- staff saw its words on the phone that the patient holds
  confirmed_by    BLOB    REFERENCES staff (staff_id),
  revoked_at      INTEGER,
  n_unsent        INTEGER NOT NULL DEFAULT 0,     -- answers it told of that had not been received
  unsent_since    INTEGER,                       -- since when it tells of some
  n_held          INTEGER NOT NULL DEFAULT 0,     -- all of its own that it told of last
  n_received      INTEGER NOT NULL DEFAULT 0,     -- how much of its own had been received when it did
  n_lost          INTEGER NOT NULL DEFAULT 0,     -- answers it told of that are gone and were never received
  lost_at         INTEGER,                       -- when the last of them were missed, until somebody looked
  asks_since      INTEGER,                       -- the earlier of the two
  public_key      BLOB    CHECK (kind = 'desk' OR public_key IS NOT NULL) -- what it signs with; a desk signs nothing
) STRICT;
CREATE INDEX device_by_patient ON device (patient_id);
CREATE INDEX device_that_asks ON device (asks_since, device_id) WHERE asks_since IS NOT NULL;

-- A form that was printed: what its code means. Printing it again gives the same code.
CREATE TABLE form (
  code         TEXT    NOT NULL PRIMARY KEY,    -- eight characters and the check character
  patient_id   BLOB    NOT NULL REFERENCES patient (patient_id),
  timepoint    TEXT    NOT NULL,
  occurrence   INTEGER NOT NULL,
  instrument   TEXT    NOT NULL,
  version      TEXT    NOT NULL,
  wording_hash TEXT    NOT NULL,                -- of the pack it was printed in
  printed_at   INTEGER NOT NULL,                -- first
  UNIQUE (patient_id, timepoint, occurrence, instrument, version, wording_hash)
) STRICT, WITHOUT ROWID;

-- A signed-in browser: of staff or of a patient's device. The reference is kept as a hash.
CREATE TABLE session (
  reference_hash BLOB    NOT NULL PRIMARY KEY,
  staff_id       BLOB    REFERENCES staff (staff_id),
  device_id      BLOB    REFERENCES device (device_id),
  created_at     INTEGER NOT NULL,
  seen_at        INTEGER NOT NULL,
  ends_at        INTEGER NOT NULL,
  lock_hash      BLOB,                        -- locked until the secret of this hash comes
  CHECK ((staff_id IS NULL) <> (device_id IS NULL))
) STRICT;
CREATE INDEX session_by_end ON session (ends_at);

-- The last position given out, and the chain up to there. Whoever appends locks this row first, so positions follow
-- commits.
CREATE TABLE position (
  one   INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
  value INTEGER NOT NULL,
  chain BLOB    NOT NULL,
  life  BLOB                            -- of the log: another one whenever a backup is put back; NULL in its first
) STRICT;
INSERT INTO position (one, value, chain) VALUES (1, 0, zeroblob(32));

-- Whose answers were erased at their request. Its row is what the triggers below ask for before they let the payload of
-- an answer event or of an audit entry go, or a patient's rows; an entry of the audit says the same, and `ressenti
-- verify` takes that one's word alone. Append-only.
CREATE TABLE erasure (
  patient_id BLOB    NOT NULL PRIMARY KEY,
  erased_at  INTEGER NOT NULL
) STRICT;

-- Devices that were an erased patient's: they are told that nothing is taken in from them any more. Append-only.
CREATE TABLE erased_device (
  device_id BLOB NOT NULL PRIMARY KEY
) STRICT;

-- What was said. Append-only: the triggers below refuse every change, but for erasing all of an event's payload:
-- position, id, patient, time of receipt and chain stay. No foreign keys: patient and device come from the guard, and
-- each key would be looked up again for every row.
CREATE TABLE answer_event (
  position    INTEGER NOT NULL PRIMARY KEY,
  event_id    BLOB    NOT NULL UNIQUE,
  patient_id  BLOB    NOT NULL,
  timepoint   TEXT,
  occurrence  INTEGER,
  instrument  TEXT,
  version     TEXT,
  device_id   BLOB,
  sequence    INTEGER,
  received_at INTEGER NOT NULL,
  hash        BLOB,                           -- SHA-256 of body
  body        TEXT,                           -- the canonical bytes
  salt        BLOB,                           -- what the log commits to is the hash of this and hash
  chain       BLOB    NOT NULL,               -- of all up to here: docs/protocol.md
  commitment  BLOB,                           -- of an erased event alone: what salt and hash gave
  -- All of its payload is there, or nothing of it.
  CHECK (CASE WHEN commitment IS NULL
    THEN timepoint IS NOT NULL AND occurrence IS NOT NULL AND instrument IS NOT NULL AND version IS NOT NULL
      AND device_id IS NOT NULL AND sequence IS NOT NULL AND hash IS NOT NULL AND body IS NOT NULL AND salt IS NOT NULL
    ELSE COALESCE(timepoint, instrument, version, body) IS NULL AND COALESCE(occurrence, sequence) IS NULL
      AND COALESCE(hash, salt) IS NULL AND device_id IS NULL END)
) STRICT;
CREATE INDEX answer_event_by_patient ON answer_event (patient_id, position);

CREATE TRIGGER erasure_keeps_its_values BEFORE UPDATE ON erasure
BEGIN SELECT RAISE(ABORT, 'an erasure is never changed'); END;
CREATE TRIGGER erasure_stays BEFORE DELETE ON erasure
BEGIN SELECT RAISE(ABORT, 'an erasure is never deleted'); END;

CREATE TRIGGER answer_event_keeps_its_values BEFORE UPDATE ON answer_event WHEN NOT (
  OLD.commitment IS NULL AND NEW.commitment IS NOT NULL AND NEW.position = OLD.position
  AND NEW.event_id = OLD.event_id AND NEW.patient_id = OLD.patient_id AND NEW.received_at = OLD.received_at
  AND NEW.chain = OLD.chain AND EXISTS (SELECT 1 FROM erasure WHERE patient_id = OLD.patient_id))
BEGIN SELECT RAISE(ABORT, 'an answer event is never changed'); END;
CREATE TRIGGER answer_event_stays BEFORE DELETE ON answer_event
BEGIN SELECT RAISE(ABORT, 'an answer event is never deleted'); END;
CREATE TRIGGER milestone_keeps_its_values BEFORE UPDATE ON milestone
BEGIN SELECT RAISE(ABORT, 'a milestone is never changed'); END;
CREATE TRIGGER milestone_stays BEFORE DELETE ON milestone
  WHEN NOT EXISTS (SELECT 1 FROM erasure WHERE patient_id = OLD.patient_id)
BEGIN SELECT RAISE(ABORT, 'a milestone is never deleted'); END;

CREATE TRIGGER episode_keeps_its_values BEFORE UPDATE ON episode
BEGIN SELECT RAISE(ABORT, 'an episode is never changed'); END;
CREATE TRIGGER episode_stays BEFORE DELETE ON episode
  WHEN NOT EXISTS (SELECT 1 FROM erasure WHERE patient_id = OLD.patient_id)
BEGIN SELECT RAISE(ABORT, 'an episode is never deleted'); END;

CREATE TRIGGER consent_keeps_its_values BEFORE UPDATE ON consent
BEGIN SELECT RAISE(ABORT, 'a consent is never changed'); END;
CREATE TRIGGER consent_stays BEFORE DELETE ON consent
  WHEN NOT EXISTS (SELECT 1 FROM erasure WHERE patient_id = OLD.patient_id)
BEGIN SELECT RAISE(ABORT, 'a consent is never deleted'); END;

CREATE TRIGGER reminder_choice_keeps_its_values BEFORE UPDATE ON reminder_choice
BEGIN SELECT RAISE(ABORT, 'a choice is never changed'); END;
CREATE TRIGGER reminder_choice_stays BEFORE DELETE ON reminder_choice
  WHEN NOT EXISTS (SELECT 1 FROM erasure WHERE patient_id = OLD.patient_id)
BEGIN SELECT RAISE(ABORT, 'a choice is never deleted'); END;
CREATE TRIGGER reminder_stays BEFORE DELETE ON reminder
  WHEN NOT EXISTS (SELECT 1 FROM erasure WHERE patient_id = OLD.patient_id)
BEGIN SELECT RAISE(ABORT, 'a reminder is never deleted'); END;

CREATE TRIGGER missing_reason_keeps_its_values BEFORE UPDATE ON missing_reason
BEGIN SELECT RAISE(ABORT, 'a note is never changed'); END;
CREATE TRIGGER missing_reason_stays BEFORE DELETE ON missing_reason
  WHEN NOT EXISTS (SELECT 1 FROM erasure WHERE patient_id = OLD.patient_id)
BEGIN SELECT RAISE(ABORT, 'a note is never deleted'); END;
CREATE TRIGGER look_keeps_its_values BEFORE UPDATE ON look
BEGIN SELECT RAISE(ABORT, 'a look is never changed'); END;
CREATE TRIGGER look_stays BEFORE DELETE ON look
  WHEN NOT EXISTS (SELECT 1 FROM erasure WHERE patient_id = OLD.patient_id)
BEGIN SELECT RAISE(ABORT, 'a look is never deleted'); END;

-- What the server could not accept into the record, kept for staff to look at.
CREATE TABLE quarantine (
  quarantine_id INTEGER PRIMARY KEY AUTOINCREMENT,
  device_id     BLOB    NOT NULL REFERENCES device (device_id),
  patient_id    BLOB    NOT NULL REFERENCES patient (patient_id),   -- the device's
  event_id      BLOB,
  timepoint     TEXT,                         -- its assessment, where it could be read
  occurrence    INTEGER,
  reason        TEXT    NOT NULL,
  detail        TEXT    NOT NULL,
  hash          BLOB    NOT NULL,
  body          TEXT    NOT NULL,
  received_at   INTEGER NOT NULL,
  looked_at     INTEGER,
  UNIQUE (device_id, hash)
) STRICT;
CREATE INDEX quarantine_by_patient ON quarantine (patient_id);
CREATE INDEX quarantine_of_no_assessment ON quarantine (patient_id) WHERE timepoint IS NULL AND looked_at IS NULL;

-- Recomputable: what one device sent of one questionnaire.
CREATE TABLE questionnaire_copy (
  patient_id         BLOB    NOT NULL REFERENCES patient (patient_id),
  timepoint          TEXT    NOT NULL,
  occurrence         INTEGER NOT NULL,
  instrument         TEXT    NOT NULL,
  device_id          BLOB    NOT NULL REFERENCES device (device_id),
  submitted_sequence INTEGER,                 -- the device's count at its submission
  submitted_on       TEXT,                    -- of what staff typed in: answered on
  retrospective      INTEGER NOT NULL,        -- answered before inclusion, typed in later
  received_at        INTEGER NOT NULL,
  PRIMARY KEY (patient_id, timepoint, occurrence, instrument, device_id)
) STRICT, WITHOUT ROWID;

-- Recomputable: one instrument of one assessment, over all its copies.
CREATE TABLE questionnaire (
  patient_id    BLOB    NOT NULL REFERENCES patient (patient_id),
  timepoint     TEXT    NOT NULL,
  occurrence    INTEGER NOT NULL,
  instrument    TEXT    NOT NULL,
  submitted_on  TEXT,                         -- of the earliest submission; NULL while only begun
  retrospective INTEGER NOT NULL,             -- so are all its copies
  n_copies      INTEGER NOT NULL,
  received_at   INTEGER NOT NULL,             -- the last of it
  last_position INTEGER NOT NULL,             -- of its last event: scores older than this are stale
  PRIMARY KEY (patient_id, timepoint, occurrence, instrument)
) STRICT, WITHOUT ROWID;
CREATE INDEX questionnaire_by_position ON questionnaire (last_position);

-- Recomputable: an assessment as the plan has it, with how far it has come. Its state is read from here and
-- today's date.
CREATE TABLE assessment (
  patient_id       BLOB    NOT NULL REFERENCES patient (patient_id),
  timepoint        TEXT    NOT NULL,
  occurrence       INTEGER NOT NULL,
  site             TEXT    NOT NULL,
  expectation      TEXT    NOT NULL,          -- expected, over, not_applicable or cancelled
  opens_on         TEXT,
  due_on           TEXT,
  closes_on        TEXT,
  n_questionnaires INTEGER NOT NULL,
  n_started        INTEGER NOT NULL DEFAULT 0,
  n_submitted      INTEGER NOT NULL DEFAULT 0,
  submitted_on     TEXT,                      -- of the last one sent
  received_at      INTEGER,
  conflict         INTEGER NOT NULL DEFAULT FALSE, -- of devices, not looked at; so the two below
  n_flags          INTEGER NOT NULL DEFAULT 0,
  n_set_aside      INTEGER NOT NULL DEFAULT 0,
  missing_reason   TEXT,                      -- where one was noted
  silent_on        TEXT,                      -- from this day on it counts as silent: nothing came since it opened
  PRIMARY KEY (patient_id, timepoint, occurrence)
) STRICT, WITHOUT ROWID;
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
  one      INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
  position INTEGER NOT NULL
) STRICT;
INSERT INTO planned (one, position) VALUES (1, 0);

-- Recomputable: one scale of one questionnaire's standing copy. value is NULL when there is no score.
CREATE TABLE score (
  patient_id    BLOB    NOT NULL REFERENCES patient (patient_id),
  timepoint     TEXT    NOT NULL,
  occurrence    INTEGER NOT NULL,
  instrument    TEXT    NOT NULL,
  version       TEXT    NOT NULL,
  scale         TEXT    NOT NULL,
  value         REAL,
  n_used        INTEGER NOT NULL,
  n_required    INTEGER NOT NULL,
  engine        TEXT    NOT NULL,
  last_position INTEGER NOT NULL,             -- of the questionnaire it was made from
  PRIMARY KEY (patient_id, timepoint, occurrence, instrument, scale)
) STRICT, WITHOUT ROWID;
CREATE INDEX score_by_scale ON score (instrument, scale, timepoint);
CREATE INDEX score_by_position ON score (last_position);

-- Recomputable: a score of a standing copy beyond a threshold of the study.
CREATE TABLE flag (
  patient_id   BLOB    NOT NULL REFERENCES patient (patient_id),
  timepoint    TEXT    NOT NULL,
  occurrence   INTEGER NOT NULL,
  flag         TEXT    NOT NULL,
  value        REAL    NOT NULL,
  value_before REAL   ,                       -- what it is compared with, where the threshold is a change
  PRIMARY KEY (patient_id, timepoint, occurrence, flag)
) STRICT, WITHOUT ROWID;

-- Scores up to this position were held against these thresholds; whoever reads flags does the rest first.
CREATE TABLE flagged (
  one      INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
  position INTEGER NOT NULL,
  flags    TEXT    NOT NULL                   -- the study's, as JSON: others make all of it stale
) STRICT;
INSERT INTO flagged (one, position, flags) VALUES (1, 0, '');

-- Counts what open worklists are to hear of besides positions.
CREATE TABLE news (
  one   INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
  value INTEGER NOT NULL
) STRICT;
INSERT INTO news (one, value) VALUES (1, 0);

-- Who did what, when and to whom. Append-only; of the security log the payload goes after twelve months, with its
-- salt; of the clinical one what was said about an erased patient.
CREATE TABLE audit (
  audit_id   INTEGER NOT NULL PRIMARY KEY,      -- from 1, without a gap
  log        TEXT    NOT NULL,                -- clinical (kept with the record) or security (12 months)
  at         INTEGER NOT NULL,
  staff_id   BLOB,
  device_id  BLOB,
  operation  TEXT    NOT NULL,                -- purged or erased: the payload is gone
  patient_id BLOB,
  detail     TEXT    NOT NULL,
  salt       BLOB,
  commitment BLOB    NOT NULL,                -- the salted hash of log, time and payload
  chain      BLOB    NOT NULL                 -- of all up to here: docs/protocol.md
) STRICT;

-- The last entry's number, and the chain up to there. Whoever appends locks this row last.
CREATE TABLE audit_end (
  one   INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
  value INTEGER NOT NULL,
  chain BLOB    NOT NULL
) STRICT;
INSERT INTO audit_end (one, value, chain) VALUES (1, 0, zeroblob(32));

-- Signed heads of the two logs, as they were given out.
CREATE TABLE checkpoint (
  log     TEXT    NOT NULL,                   -- answers or audit
  size    INTEGER NOT NULL,                   -- how many entries it vouches for
  note    TEXT    NOT NULL,                   -- C2SP tlog-checkpoint
  made_at INTEGER NOT NULL,
  PRIMARY KEY (log, size)
) STRICT;

-- Recomputable: roots of 256 entries each, so that a root or a proof needs few of them.
CREATE TABLE tree_block (
  log   TEXT    NOT NULL,
  block INTEGER NOT NULL,                     -- from 0
  root  BLOB    NOT NULL,
  PRIMARY KEY (log, block)
) STRICT;

CREATE INDEX audit_by_patient ON audit (patient_id) WHERE patient_id IS NOT NULL;
CREATE INDEX audit_to_purge ON audit (at) WHERE log = 'security' AND operation <> 'purged';
CREATE TRIGGER audit_keeps_its_values BEFORE UPDATE ON audit WHEN NOT (
  (OLD.log = 'security' AND NEW.operation = 'purged'
    OR OLD.log = 'clinical' AND NEW.operation = 'erased' AND EXISTS (SELECT 1 FROM erasure WHERE patient_id = OLD.patient_id))
  AND NEW.staff_id IS NULL
  AND NEW.device_id IS NULL AND NEW.patient_id IS NULL AND NEW.detail = '' AND NEW.salt IS NULL AND NEW.audit_id = OLD.audit_id
  AND NEW.log = OLD.log AND NEW.at = OLD.at AND NEW.commitment = OLD.commitment AND NEW.chain = OLD.chain)
BEGIN SELECT RAISE(ABORT, 'an audit entry is never changed'); END;
CREATE TRIGGER audit_stays BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'an audit entry is never deleted'); END;
CREATE TRIGGER checkpoint_keeps_its_values BEFORE UPDATE ON checkpoint
BEGIN SELECT RAISE(ABORT, 'a checkpoint is never changed'); END;
CREATE TRIGGER checkpoint_stays BEFORE DELETE ON checkpoint
BEGIN SELECT RAISE(ABORT, 'a checkpoint is never deleted'); END;

CREATE TABLE export (
  export_id INTEGER NOT NULL PRIMARY KEY,     -- the number of its audit entry
  position  INTEGER NOT NULL,                 -- holds what was committed up to here
  as_of_on  TEXT    NOT NULL,
  purpose   TEXT    NOT NULL,
  made_by   BLOB    REFERENCES staff (staff_id),
  made_at   INTEGER NOT NULL,
  files     TEXT    NOT NULL,                 -- JSON: name, rows and SHA-256 of each
  erased_at INTEGER                           -- a patient it holds was erased: it cannot be made again
) STRICT;
