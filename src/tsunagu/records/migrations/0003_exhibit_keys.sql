-- A key vouches for one exhibit, so only its own agency sees it; what was given out is never changed.
ALTER TABLE exhibit_key ENABLE ROW LEVEL SECURITY;
ALTER TABLE exhibit_key FORCE ROW LEVEL SECURITY;
CREATE POLICY own_agency ON exhibit_key TO :app: USING (agency_id = current_setting('tsunagu.agency')::uuid);

-- A foreign key is checked past these policies: see 0002_guards.sql.
CREATE POLICY seen_exhibit ON exhibit_key AS RESTRICTIVE FOR INSERT TO :app: WITH CHECK (
    EXISTS (SELECT FROM exhibit WHERE exhibit.id = exhibit_key.exhibit_id));
GRANT SELECT, INSERT ON exhibit_key TO :app:;
