-- A vintage is its agency's own. It is never changed and never deleted: nobody is granted either.
ALTER TABLE stat_vintage ENABLE ROW LEVEL SECURITY;
ALTER TABLE stat_vintage FORCE ROW LEVEL SECURITY;
CREATE POLICY own_agency ON stat_vintage TO :app: USING (agency_id = current_setting('tsunagu.agency')::uuid);
-- A foreign key is checked past these policies: see 0002_guards.sql.
CREATE POLICY seen_officer ON stat_vintage AS RESTRICTIVE FOR INSERT TO :app: WITH CHECK (
    frozen_by_id IN (SELECT id FROM officer));

GRANT SELECT, INSERT ON stat_vintage TO :app:;
