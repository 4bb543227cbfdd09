-- What an agency claims, and what it was told of others' interest, is its own.
ALTER TABLE claim ENABLE ROW LEVEL SECURITY;
ALTER TABLE claim FORCE ROW LEVEL SECURITY;
ALTER TABLE interest ENABLE ROW LEVEL SECURITY;
ALTER TABLE interest FORCE ROW LEVEL SECURITY;
CREATE POLICY own_agency ON claim TO :app: USING (agency_id = current_setting('tsunagu.agency')::uuid);
CREATE POLICY own_agency ON interest TO :app: USING (agency_id = current_setting('tsunagu.agency')::uuid);

-- A foreign key is checked past these policies: see 0002_guards.sql. A claim is of a series or of a case.
CREATE POLICY seen_scope ON claim AS RESTRICTIVE FOR INSERT TO :app: WITH CHECK (
    (series_id IS NULL) <> (case_id IS NULL) AND claimed_by_id IN (SELECT id FROM officer)
    AND (series_id IS NULL OR series_id IN (SELECT id FROM series))
    AND (case_id IS NULL OR case_id IN (SELECT id FROM "case")));

-- What is over stays as it was.
CREATE POLICY not_released ON claim AS RESTRICTIVE FOR UPDATE TO :app: USING (released_at IS NULL) WITH CHECK (true);
CREATE POLICY being_erased ON claim AS RESTRICTIVE FOR DELETE TO :app: USING (
    EXISTS (SELECT FROM erasure WHERE ended_at IS NULL AND exhibit_id IS NULL));
CREATE POLICY being_erased ON interest AS RESTRICTIVE FOR DELETE TO :app: USING (
    EXISTS (SELECT FROM erasure WHERE ended_at IS NULL AND exhibit_id IS NULL));
GRANT SELECT, INSERT, DELETE, UPDATE (expires_at, released_at) ON claim TO :app:;
GRANT SELECT, DELETE ON interest TO :app:;

-- The linker finds whose claims overlap with what somebody asks about, and tells both sides.
CREATE POLICY linker ON claim TO :linker: USING (true);
CREATE POLICY linker ON series TO :linker: USING (true);
CREATE POLICY linker ON series_case TO :linker: USING (true);
CREATE POLICY linker ON series_item TO :linker: USING (true);
CREATE POLICY linker ON interest TO :linker: USING (true);
GRANT SELECT (id, agency_id, series_id, case_id, expires_at, released_at) ON claim TO :linker:;
GRANT SELECT (id, agency_id, root_id) ON series TO :linker:;
GRANT SELECT (id, agency_id, series_id, case_id) ON series_case TO :linker:;
GRANT SELECT (id, agency_id, series_id, case_id, item_id) ON series_item TO :linker:;
GRANT SELECT, INSERT, UPDATE ON interest TO :linker:;
