-- Which person at the provider an officer is, is his own agency's; it is bound, and unbound, and never changed.
ALTER TABLE provider_subject ENABLE ROW LEVEL SECURITY;
ALTER TABLE provider_subject FORCE ROW LEVEL SECURITY;
CREATE POLICY own_agency ON provider_subject TO :app: USING (agency_id = current_setting('tsunagu.agency')::uuid);

-- A foreign key is checked past these policies: see 0002_guards.sql.
CREATE POLICY seen_officer ON provider_subject AS RESTRICTIVE FOR INSERT TO :app: WITH CHECK (
    EXISTS (SELECT FROM officer WHERE officer.id = provider_subject.officer_id));
GRANT SELECT, INSERT, DELETE ON provider_subject TO :app:;

-- Attempts are counted before anybody is known: the rows belong to no agency, and tell of none.
GRANT SELECT, INSERT, UPDATE, DELETE ON throttle TO :app:;
