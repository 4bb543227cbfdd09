-- A mapping is its officer's own, who deletes it when he likes: it says what columns are called, and nothing of anybody.
ALTER TABLE saved_mapping ENABLE ROW LEVEL SECURITY;
ALTER TABLE saved_mapping FORCE ROW LEVEL SECURITY;
CREATE POLICY own_agency ON saved_mapping TO :app: USING (agency_id = current_setting('tsunagu.agency')::uuid);
-- A foreign key is checked past these policies: see 0002_guards.sql.
CREATE POLICY seen_officer ON saved_mapping AS RESTRICTIVE FOR INSERT TO :app: WITH CHECK (
    officer_id IN (SELECT id FROM officer));

GRANT SELECT, INSERT, DELETE ON saved_mapping TO :app:;
