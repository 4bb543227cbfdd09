-- The directory is open to all members; an entry is changed in the name of its own agency alone.
ALTER TABLE agency ENABLE ROW LEVEL SECURITY;
ALTER TABLE agency FORCE ROW LEVEL SECURITY;
CREATE POLICY directory ON agency FOR SELECT TO :app: USING (true);
CREATE POLICY entered ON agency FOR INSERT TO :app: WITH CHECK (id = current_setting('tsunagu.agency')::uuid);
CREATE POLICY own_agency ON agency FOR UPDATE TO :app: USING (id = current_setting('tsunagu.agency')::uuid);
GRANT UPDATE (name, country, contact, kind, local_name, code, is_correspondent) ON agency TO :app:;

-- An operator places an agency in its name, unconfirmed; the agency above confirms, through one of its officers.
ALTER TABLE agency_place ENABLE ROW LEVEL SECURITY;
ALTER TABLE agency_place FORCE ROW LEVEL SECURITY;
CREATE POLICY directory ON agency_place FOR SELECT TO :app: USING (true);
CREATE POLICY placed ON agency_place FOR INSERT TO :app: WITH CHECK (
    child_id = current_setting('tsunagu.agency')::uuid AND confirmed_at IS NULL AND confirmed_by_id IS NULL);
CREATE POLICY moved ON agency_place FOR UPDATE TO :app: USING (child_id = current_setting('tsunagu.agency')::uuid)
    WITH CHECK (child_id = current_setting('tsunagu.agency')::uuid
                AND confirmed_at IS NULL AND confirmed_by_id IS NULL);
CREATE POLICY confirmed ON agency_place FOR UPDATE TO :app: USING (
    parent_id = current_setting('tsunagu.agency')::uuid) WITH CHECK (
    parent_id = current_setting('tsunagu.agency')::uuid AND child_id <> parent_id
    AND EXISTS (SELECT FROM officer WHERE officer.id = agency_place.confirmed_by_id));
GRANT SELECT, INSERT, UPDATE (parent_id, placed_at, confirmed_at, confirmed_by_id) ON agency_place TO :app:;
