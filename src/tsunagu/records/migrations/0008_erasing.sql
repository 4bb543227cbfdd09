-- What an agency erases, and why its people did what, is its own.
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['erasure', 'case_reason'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY own_agency ON %I TO :app: USING '
                       '(agency_id = current_setting(''tsunagu.agency'')::uuid)', name);
    END LOOP;
END
$$;

-- A reference is checked past these policies: see 0002_guards.sql.
CREATE POLICY seen_case ON case_reason AS RESTRICTIVE FOR INSERT TO :app: WITH CHECK (
    EXISTS (SELECT FROM "case" WHERE "case".id = case_reason.case_id));
CREATE POLICY seen_case ON erasure AS RESTRICTIVE FOR INSERT TO :app: WITH CHECK (
    EXISTS (SELECT FROM "case" WHERE "case".id = erasure.case_id)
    AND (exhibit_id IS NULL OR EXISTS (
        SELECT FROM exhibit WHERE exhibit.id = erasure.exhibit_id AND exhibit.case_id = erasure.case_id)));

-- A proof stays as it is.
CREATE POLICY not_ended ON erasure AS RESTRICTIVE FOR UPDATE TO :app: USING (ended_at IS NULL) WITH CHECK (true);

-- Nothing is deleted unless an erasure of it has been decided, and is under way.
CREATE POLICY being_erased ON "case" AS RESTRICTIVE FOR DELETE TO :app: USING (EXISTS (
    SELECT FROM erasure WHERE ended_at IS NULL AND exhibit_id IS NULL AND erasure.case_id = "case".id));
CREATE POLICY being_erased ON case_reason AS RESTRICTIVE FOR DELETE TO :app: USING (EXISTS (
    SELECT FROM erasure WHERE ended_at IS NULL AND exhibit_id IS NULL AND erasure.case_id = case_reason.case_id));
CREATE POLICY being_erased ON exhibit AS RESTRICTIVE FOR DELETE TO :app: USING (EXISTS (
    SELECT FROM erasure WHERE ended_at IS NULL AND erasure.case_id = exhibit.case_id
    AND coalesce(erasure.exhibit_id, exhibit.id) = exhibit.id));
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['holding', 'intake', 'exhibit_key'] LOOP
        EXECUTE format('CREATE POLICY being_erased ON %I AS RESTRICTIVE FOR DELETE TO :app: USING (EXISTS ('
                       'SELECT FROM exhibit JOIN erasure ON erasure.case_id = exhibit.case_id '
                       'AND coalesce(erasure.exhibit_id, exhibit.id) = exhibit.id '
                       'WHERE ended_at IS NULL AND exhibit.id = %1$I.exhibit_id))', name);
    END LOOP;
END
$$;
CREATE POLICY being_erased ON intake_change AS RESTRICTIVE FOR DELETE TO :app: USING (EXISTS (
    SELECT FROM intake JOIN exhibit ON exhibit.id = intake.exhibit_id
    JOIN erasure ON erasure.case_id = exhibit.case_id AND coalesce(erasure.exhibit_id, exhibit.id) = exhibit.id
    WHERE erasure.ended_at IS NULL AND intake.id = intake_change.intake_id));

-- A content goes with the last place of it, and its fingerprints go with it.
CREATE POLICY held_nowhere ON media_item AS RESTRICTIVE FOR DELETE TO :app: USING (
    EXISTS (SELECT FROM erasure WHERE ended_at IS NULL)
    AND NOT EXISTS (SELECT FROM holding WHERE holding.item_id = media_item.id));
DROP POLICY cut_short ON fingerprint;
CREATE POLICY cut_short_or_held_nowhere ON fingerprint AS RESTRICTIVE FOR DELETE TO :app: USING (
    EXISTS (SELECT FROM media_item WHERE media_item.id = fingerprint.item_id
            AND refused IN ('decoder-died', 'out-of-memory', 'out-of-time'))
    OR EXISTS (SELECT FROM erasure WHERE ended_at IS NULL)
    AND NOT EXISTS (SELECT FROM holding WHERE holding.item_id = fingerprint.item_id));

-- An answer goes with what it was about, which the app role cannot tell: while anything of the agency is being erased.
CREATE POLICY being_erased ON judgement AS RESTRICTIVE FOR DELETE TO :app: USING (
    EXISTS (SELECT FROM erasure WHERE ended_at IS NULL));

GRANT SELECT, INSERT, UPDATE (leaves, peaks, places, items, fingerprints, hits, ended_at) ON erasure TO :app:;
GRANT SELECT, INSERT, DELETE ON case_reason TO :app:;
GRANT DELETE ON "case", case_member, exhibit, exhibit_key, holding, intake, intake_change, media_item, judgement TO :app:;
GRANT UPDATE (closed_at) ON "case" TO :app:;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO :app:;

-- The linker takes away what it has written of a content that is held no more, unless somebody has answered it.
CREATE POLICY linker ON judgement TO :linker: USING (true);
GRANT SELECT (hit_id) ON judgement TO :linker:;
GRANT DELETE ON overlap, hit, overlap_notice TO :linker:;
