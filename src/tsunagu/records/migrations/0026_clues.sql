-- What an agency's people have seen in its media, and what they have signed, is its own.
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['clue', 'country_assessment'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY own_agency ON %I TO :app: USING '
                       '(agency_id = current_setting(''tsunagu.agency'')::uuid)', name);
        EXECUTE format('CREATE POLICY seen_case ON %I AS RESTRICTIVE FOR INSERT TO :app: WITH CHECK ('
                       'EXISTS (SELECT FROM "case" WHERE "case".id = %1$I.case_id))', name);
        -- Nothing is deleted unless an erasure of it has been decided, and is under way.
        EXECUTE format('CREATE POLICY being_erased ON %I AS RESTRICTIVE FOR DELETE TO :app: USING (EXISTS ('
                       'SELECT FROM erasure WHERE ended_at IS NULL AND erasure.case_id = %1$I.case_id))', name);
    END LOOP;
END
$$;
CREATE POLICY seen_place ON clue AS RESTRICTIVE FOR INSERT TO :app: WITH CHECK (EXISTS (
    SELECT FROM holding JOIN exhibit ON exhibit.id = holding.exhibit_id
    WHERE holding.id = clue.holding_id AND exhibit.case_id = clue.case_id));
-- A clue is taken back once, and never changed.
CREATE POLICY not_withdrawn ON clue AS RESTRICTIVE FOR UPDATE TO :app: USING (withdrawn_at IS NULL) WITH CHECK (true);

GRANT SELECT, INSERT, DELETE ON clue, country_assessment TO :app:;
GRANT UPDATE (withdrawn_at, withdrawn_why) ON clue TO :app:;
