-- A series is its own agency's, with all that was done to it.
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['series', 'series_alias', 'series_case', 'series_item', 'series_placing',
                                'series_step'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY own_agency ON %I TO :app: USING '
                       '(agency_id = current_setting(''tsunagu.agency'')::uuid)', name);
    END LOOP;
END
$$;

-- A foreign key is checked past these policies: see 0002_guards.sql.
CREATE POLICY seen_officer ON series AS RESTRICTIVE FOR INSERT TO :app: WITH CHECK (
    EXISTS (SELECT FROM officer WHERE officer.id = series.opened_by_id) AND root_id = id);
CREATE POLICY seen_series ON series_alias AS RESTRICTIVE FOR INSERT TO :app: WITH CHECK (
    series_id IN (SELECT id FROM series));
CREATE POLICY seen_case ON series_case AS RESTRICTIVE FOR INSERT TO :app: WITH CHECK (
    series_id IN (SELECT id FROM series) AND case_id IN (SELECT id FROM "case"));
CREATE POLICY seen_series ON series_step AS RESTRICTIVE FOR INSERT TO :app: WITH CHECK (
    series_id IN (SELECT id FROM series) AND (other_id IS NULL OR other_id IN (SELECT id FROM series))
    AND officer_id IN (SELECT id FROM officer));
CREATE POLICY seen_item ON series_placing AS RESTRICTIVE FOR INSERT TO :app: WITH CHECK (
    step_id IN (SELECT id FROM series_step) AND case_id IN (SELECT id FROM "case")
    AND item_id IN (SELECT id FROM media_item));
CREATE POLICY seen_item ON series_item AS RESTRICTIVE FOR INSERT TO :app: WITH CHECK (
    series_id IN (SELECT id FROM series) AND case_id IN (SELECT id FROM "case")
    AND item_id IN (SELECT id FROM media_item));

-- What was done stays as it is, unless what it was done to is being erased: then the words go, and what named it.
CREATE POLICY being_erased ON series_placing AS RESTRICTIVE FOR DELETE TO :app: USING (
    EXISTS (SELECT FROM erasure WHERE ended_at IS NULL AND erasure.case_id = series_placing.case_id));
CREATE POLICY being_erased ON series_case AS RESTRICTIVE FOR DELETE TO :app: USING (
    EXISTS (SELECT FROM erasure WHERE ended_at IS NULL AND exhibit_id IS NULL AND erasure.case_id = series_case.case_id));
CREATE POLICY being_erased ON series_step AS RESTRICTIVE FOR UPDATE TO :app: USING (
    EXISTS (SELECT FROM erasure WHERE ended_at IS NULL AND exhibit_id IS NULL)) WITH CHECK (reason = '' AND value = '');

GRANT SELECT, INSERT, UPDATE (name, status, distributed, receivers, purposes, may_forward, restricted_until, root_id, stands)
    ON series TO :app:;
GRANT SELECT, INSERT, UPDATE (reason, value) ON series_step TO :app:;
GRANT SELECT, INSERT, DELETE ON series_alias, series_case, series_placing TO :app:;
GRANT SELECT, INSERT, DELETE, UPDATE (series_id, is_context) ON series_item TO :app:;
GRANT USAGE ON SEQUENCE series_alias_id_seq, series_case_id_seq, series_item_id_seq, series_placing_id_seq,
    series_step_id_seq TO :app:;
