-- The identity side: who a pseudonym is. Kept in a database of its own; nothing of it enters the research side.

CREATE TABLE person (
  patient_id      UUID NOT NULL PRIMARY KEY,
  registry_number TEXT NOT NULL,
  family_name     TEXT NOT NULL,
  given_name      TEXT NOT NULL,
  site            TEXT NOT NULL,              -- following site, so that a search reads only what it may show
  folded_number   TEXT COLLATE "C" NOT NULL UNIQUE, -- lower case, without accents: what is compared
  folded_name     TEXT COLLATE "C" NOT NULL
);
CREATE INDEX person_by_number ON person (site, folded_number);
CREATE INDEX person_by_name ON person (site, folded_name);
