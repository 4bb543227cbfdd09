-- A key acts for one officer, so only his agency sees it; of what was given out nothing changes but that it ends.
ALTER TABLE api_key ENABLE ROW LEVEL SECURITY;
ALTER TABLE api_key FORCE ROW LEVEL SECURITY;
CREATE POLICY own_agency ON api_key TO :app: USING (agency_id = current_setting('tsunagu.agency')::uuid);

-- A foreign key is checked past these policies: see 0002_guards.sql.
CREATE POLICY seen_officer ON api_key AS RESTRICTIVE FOR INSERT TO :app: WITH CHECK (
    EXISTS (SELECT FROM officer WHERE officer.id = api_key.officer_id));
GRANT SELECT, INSERT, UPDATE (ended_at) ON api_key TO :app:;
