-- What analysts of an agency have seen is its own.
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['category_scheme', 'vote', 'vote_dispute'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY own_agency ON %I TO :app: USING '
                       '(agency_id = current_setting(''tsunagu.agency'')::uuid)', name);
    END LOOP;
    -- A foreign key is checked past these policies: see 0002_guards.sql. What was said goes with what it was said of.
    FOREACH name IN ARRAY ARRAY['vote', 'vote_dispute'] LOOP
        EXECUTE format('CREATE POLICY seen_item ON %I AS RESTRICTIVE FOR INSERT TO :app: WITH CHECK ('
                       'case_id IN (SELECT id FROM "case") AND item_id IN (SELECT id FROM media_item) '
                       'AND scheme_id IN (SELECT id FROM category_scheme) '
                       'AND officer_id IN (SELECT id FROM officer))', name);
        EXECUTE format('CREATE POLICY being_erased ON %I AS RESTRICTIVE FOR DELETE TO :app: USING ('
                       'EXISTS (SELECT FROM erasure WHERE ended_at IS NULL AND erasure.case_id = %1$I.case_id))', name);
        EXECUTE format('GRANT SELECT, INSERT, DELETE ON %I TO :app:', name);
    END LOOP;
END
$$;
CREATE POLICY seen_officer ON category_scheme AS RESTRICTIVE FOR INSERT TO :app: WITH CHECK (
    loaded_by_id IN (SELECT id FROM officer));
GRANT SELECT, INSERT ON category_scheme TO :app:;
GRANT USAGE ON SEQUENCE vote_id_seq, vote_dispute_id_seq TO :app:;
